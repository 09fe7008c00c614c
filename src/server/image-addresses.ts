// Which image URLs a request may name. The gateway fetches none; it keeps a provider inside the network from being sent around in it.
import { isPublicHost } from '../providers/homes.js';
import { ApiError } from './api-error.js';

/** Throws `ApiError` 400 for a scheme other than https, http and data, and for an address that is not public unless `allowPrivate`. */
export function checkImageUrl(url: string, allowPrivate: boolean): void {
  if (/^data:image\//i.test(url)) return;
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || !/^https?:$/.test(parsed.protocol)) {
    throw refused('An image is a https, http or data:image URL');
  }
  if (parsed.username || parsed.password) throw refused('The URL of an image carries no user and password');
  const host = parsed.hostname.replace(/\.$/, '').toLowerCase();
  if (!allowPrivate && !isPublicAddress(host)) {
    throw refused(`The image at ${host.slice(0, 100)} lies in a private network (serve.allow_private_images)`);
  }
}

/** Hosts come as URL spells them: numbers in any notation have become dotted addresses. */
function isPublicAddress(host: string): boolean {
  if (
    /^(0|100\.(6[4-9]|[789]\d|1[01]\d|12[0-7])|198\.1[89]|192\.0\.0|22[4-9]|23\d|24\d|25[0-5])\./.test(host) &&
    /^[\d.]+$/.test(host)
  ) {
    return false;
  }
  return isPublicHost(host);
}

function refused(why: string): ApiError {
  return new ApiError(400, `${why}.`, { code: 'invalid_image_url', param: 'messages' });
}

// Which image URLs a request may name, so that neither the gateway nor a provider inside the network is sent around in it.
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
  // Numbers in any notation have become dotted ones.
  const host = parsed.hostname.replace(/\.$/, '').toLowerCase();
  if (!allowPrivate && !isPublicHost(host)) {
    throw refused(`The image at ${host.slice(0, 100)} lies in a private network (serve.allow_private_images)`);
  }
}

function refused(why: string): ApiError {
  return new ApiError(400, `${why}.`, { code: 'invalid_image_url', param: 'messages' });
}

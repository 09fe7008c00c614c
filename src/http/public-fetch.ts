// A GET that reaches the public internet alone: the very address that is connected to has been looked at, so that no name can be bent inwards.
import { type LookupAddress, lookup } from 'node:dns';
import { request as askHttp } from 'node:http';
import { request as askHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import { Readable } from 'node:stream';
import type { Fetch } from './attempt.js';
import { isNumericAddress, isPublicAddress } from './public-address.js';

/** Like `fetch`, without redirects. Rejects where the name of the URL means an address that is not allowed. @param allows an address as numbers */
export function publicFetch(allows: (address: string) => boolean = isPublicAddress): Fetch {
  return (input, init) =>
    new Promise((resolve, reject) => {
      const url = new URL(input instanceof Request ? input.url : input);
      const literal = url.hostname.replace(/^\[|\]$/g, '');
      // Numbers are connected to without being looked up.
      if (isNumericAddress(literal) && !allows(literal)) return reject(inwards());
      const ask = url.protocol === 'https:' ? askHttps : askHttp;
      const call = ask(url, {
        agent: false,
        lookup: lookupOf(allows),
        headers: { accept: '*/*', 'user-agent': 'vsr' },
        ...(init?.signal && { signal: init.signal }),
      });
      call.on('error', reject);
      call.on('response', (reply) => {
        const status = reply.statusCode!;
        const empty = [204, 205, 304].includes(status);
        if (empty) reply.resume();
        resolve(new Response(empty ? null : (Readable.toWeb(reply) as ReadableStream), { status }));
      });
      call.end();
    });
}

function lookupOf(allows: (address: string) => boolean): LookupFunction {
  return (name, options, done) =>
    lookup(name, { ...options, all: true }, (error, addresses) => {
      const found = (addresses ?? []) as LookupAddress[];
      if (error) return done(error, '');
      // One that leads inwards is enough to distrust the name.
      if (found.length === 0 || !found.every(({ address }) => allows(address))) return done(inwards(), '');
      if (options.all) return done(null, found);
      return done(null, found[0]!.address, found[0]!.family);
    });
}

function inwards(): Error {
  return new Error('an address that is not public');
}

// A reverse proxy that only hands on, byte for byte, in a process of its own: the peer of gateway.bench.js. node plain-proxy.js <port>
import { Agent, request as ask, createServer } from 'node:http';

const upstream = Number(process.argv[2]);
const agent = new Agent({ keepAlive: true, maxSockets: 256 });
const server = createServer((request, response) => {
  const { method, url: path, headers } = request;
  const onward = ask({ host: '127.0.0.1', port: upstream, method, path, headers, agent }, (reply) => {
    response.writeHead(reply.statusCode, reply.headers);
    reply.pipe(response);
  });
  onward.on('error', () => response.destroy());
  request.pipe(onward);
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
process.on('disconnect', () => process.exit());

import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Listens on this machine only and returns the origin. Takes a free port when the wished one is in use. */
export async function listen(server: Server, wished: number): Promise<string> {
  try {
    return await listenOn(server, wished);
  } catch (error) {
    if (wished === 0 || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    console.log(`Port ${wished} is in use, taking a free one.`);
    return listenOn(server, 0);
  }
}

function listenOn(server: Server, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    });
  });
}

import { Client, Connection } from '@temporalio/client';

/** Uses a client of the Temporal server at an address, and closes its connection. */
export async function withClient<T>(address: string, use: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address });
  try {
    return await use(new Client({ connection }));
  } finally {
    await connection.close();
  }
}

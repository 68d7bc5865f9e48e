/** The type of a file, by its first bytes, and its text as a stream. */

const MAGIC = {
  gzip: [0x1f, 0x8b],
  parquet: [0x50, 0x41, 0x52, 0x31],
  zip: [0x50, 0x4b, 0x03, 0x04],
  zstd: [0x28, 0xb5, 0x2f, 0xfd],
};
const MOST_AT_ONCE = 1 << 18;

export async function isOf(file, kind) {
  const first = new Uint8Array(await file.slice(0, 4).arrayBuffer());
  return MAGIC[kind].every((byte, index) => first[index] === byte);
}

/**
 * Returns the bytes of a file in chunks, decompressed if they are gzip.
 *
 * @param {Blob} file
 * @param {(length: number) => void} count receives the number of bytes of the file that were read
 */
export async function streamOf(file, count) {
  for (const kind of ['parquet', 'zip', 'zstd']) {
    if (await isOf(file, kind)) throw new Error(`this is a ${kind} file; only text and gzip are supported`);
  }
  const counted = file.stream().pipeThrough(
    new TransformStream({
      transform(chunk, controller) {
        count(chunk.length);
        controller.enqueue(chunk);
      },
    }),
  );
  const isGzip = await isOf(file, 'gzip');
  return chunks(isGzip ? counted.pipeThrough(new DecompressionStream('gzip')) : counted);
}

async function* chunks(stream) {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      for (let at = 0; at < value.length; at += MOST_AT_ONCE) yield value.subarray(at, at + MOST_AT_ONCE);
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

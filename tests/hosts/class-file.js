// Reads the methods of a Java class file. Source: The Java Virtual Machine Specification, chapter 4.

/**
 * Returns the methods of a class, each with the length of its bytecode.
 *
 * @param {Buffer} bytes
 * @returns {{ name: string, length: number }[]}
 */
export function methodsOf(bytes) {
  let at = 8;
  const u1 = () => bytes.readUInt8(at++);
  const u2 = () => bytes.readUInt16BE((at += 2) - 2);
  const u4 = () => bytes.readUInt32BE((at += 4) - 4);

  /** The texts of the constant pool. */
  const texts = new Map();
  const count = u2();
  for (let index = 1; index < count; index += 1) {
    const tag = u1();
    if (tag === 1) {
      const length = u2();
      texts.set(index, bytes.toString('utf8', at, at + length));
      at += length;
    } else if (tag === 5 || tag === 6) {
      // Numbers of 64 bits take two indexes.
      at += 8;
      index += 1;
    } else if (tag === 15) at += 3;
    else if ([7, 8, 16, 19, 20].includes(tag)) at += 2;
    else at += 4;
  }
  // Flags, this class, its superclass; then the interfaces.
  at += 6;
  const interfaces = u2();
  at += 2 * interfaces;

  /** Reads fields or methods: the name of each, and the length of its code. */
  const members = () => Array.from({ length: u2() }, () => {
    at += 2;
    const name = texts.get(u2());
    at += 2;
    let length = 0;
    for (let attributes = u2(); attributes > 0; attributes -= 1) {
      const attribute = texts.get(u2());
      const size = u4();
      // After the depth of the stack and the number of variables.
      if (attribute === 'Code') length = bytes.readUInt32BE(at + 4);
      at += size;
    }
    return { name, length };
  });
  members();
  return members();
}

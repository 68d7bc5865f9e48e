// Prints the milliseconds from before the import of the package to the first parsed line: `node start.mjs MODULE`.

const start = performance.now();
const { parse } = await import(process.argv[2]);
parse('2 123456789010 eni-0a1b2c3d4e5f60718 192.0.2.44 10.0.1.20 52714 443 6 18 4249 1767225600 1767225658 ACCEPT OK', 'default');
console.log(performance.now() - start);

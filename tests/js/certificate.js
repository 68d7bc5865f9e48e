// A self-signed certificate for a server on 127.0.0.1, made for each run, so that the repository contains no key.
//
// Source of the structure: RFC 5280 (X.509), in DER.

import { generateKeyPairSync, sign } from 'node:crypto';

function der(tag, ...contents) {
  const content = Buffer.concat(contents.map((part) => Buffer.from(part)));
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

const sequence = (...parts) => der(0x30, ...parts);
const oid = (...bytes) => der(0x06, bytes);
const name = (text) => sequence(der(0x31, sequence(oid(0x55, 0x04, 0x03), der(0x0c, text))));
const utcTime = (year) => der(0x17, `${String(year % 100).padStart(2, '0')}0101000000Z`);

/** @returns {{ key: string, cert: string }} both as PEM */
export function selfSigned() {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const ecdsaWithSha256 = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));
  const year = new Date().getUTCFullYear();
  const addressOfHost = der(0x87, [127, 0, 0, 1]);
  const alternativeNames = sequence(oid(0x55, 0x1d, 0x11), der(0x04, sequence(addressOfHost)));
  const toBeSigned = sequence(
    der(0xa0, der(0x02, [2])),
    der(0x02, [1]),
    ecdsaWithSha256,
    name('vpcflow-ecs test'),
    sequence(utcTime(year - 1), utcTime(year + 2)),
    name('vpcflow-ecs test'),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(alternativeNames)),
  );
  const signature = sign('sha256', toBeSigned, privateKey);
  const certificate = sequence(toBeSigned, ecdsaWithSha256, der(0x03, [0], signature));
  const lines = certificate.toString('base64').replace(/.{64}/g, '$&\n');
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
  };
}

// Option `geo`, and the command's options for it. Which address has what is for tests/geo.rs.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { runCommand, temporaryFolder } from './command.js';
import { documentsOf, importIngest, imported, repository } from './package.js';

const { FlowLogError, Parser, parse } = await importIngest();
const folder = temporaryFolder();

const path = (name) => join(repository, 'tests/fixtures/geo', `${name}.mmdb`);
const [city, asn, country] = ['city', 'asn', 'country'].map((name) => readFileSync(path(name)));

const FORMAT = 'srcaddr dstaddr';
const LINE = '192.0.2.200 203.0.113.200';
const OXFORD = {
  city_name: 'Oxford',
  continent_name: 'Europe',
  country_iso_code: 'GB',
  country_name: 'United Kingdom',
  location: { lat: 51.75, lon: -1.25 },
  region_iso_code: 'GB-OXF',
  region_name: 'Oxfordshire',
};
const EXAMPLE = { number: 64496, organization: { name: 'Example "Networks" S.A.' } };
const CHILE = { continent_name: 'South America', country_iso_code: 'CL', country_name: 'Chile' };
const ORGANISATION = { organization: { name: 'Example Organisation' } };

const end = (address, found) => ({ address, ip: address, ...found });

describe('Parser', () => {
  test('looks both ends up', () => {
    const parser = new Parser({ format: FORMAT, geo: { city, asn, country } });
    const source = end('192.0.2.200', { geo: OXFORD, as: EXAMPLE });
    const destination = end('203.0.113.200', { geo: CHILE, as: ORGANISATION });
    for (const document of [parser.parse(LINE), ...documentsOf(parser.toNdjson(`${LINE}\n${LINE}\n`))]) {
      assert.deepStrictEqual(document.source, source);
      assert.deepStrictEqual(document.destination, destination);
    }
    parser.free();
  });

  test('files may be left out, and be part of a larger buffer', () => {
    const larger = Buffer.concat([Buffer.alloc(7), asn, Buffer.alloc(9)]);
    const parser = new Parser({ format: FORMAT, geo: { asn: larger.subarray(7, 7 + asn.length), city: undefined } });
    assert.deepStrictEqual(parser.parse(LINE).source, end('192.0.2.200', { as: EXAMPLE }));
    const { buffer } = new Uint8Array(asn);
    assert.deepStrictEqual(new Parser({ format: FORMAT, geo: { asn: buffer } }).parse(LINE).source, end('192.0.2.200', { as: EXAMPLE }));
    assert.deepStrictEqual(new Parser({ format: FORMAT, geo: {} }).parse(LINE).source, end('192.0.2.200', {}));
  });

  test('mistakes', () => {
    const cases = [
      [{ geo: { city: asn } }, 'invalid_database', 'geo database "city": expected a database of type ...-City, found "GeoLite2-ASN"'],
      [{ geo: { asn: new Uint8Array(9) } }, 'invalid_database',
        'geo database "asn": invalid database: could not find MaxMind DB metadata in file; give the bytes of an .mmdb file'],
      [{ geo: true }, 'invalid_option', 'option "geo": expected an object, found a boolean'],
      [{ geo: 'city.mmdb' }, 'invalid_option', 'option "geo": expected an object, found a string'],
      [{ geo: { city: 'city.mmdb' } }, 'invalid_option',
        'option "geo.city": expected a Uint8Array or an ArrayBuffer, found a string'],
      [{ geo: { cities: city } }, 'invalid_option', 'unknown option "geo.cities": there are city, asn and country'],
    ];
    for (const [options, code, message] of cases) {
      assert.throws(() => new Parser(options), (error) => {
        assert.ok(error instanceof FlowLogError);
        assert.deepStrictEqual({ code: error.code, message: error.message }, { code, message });
        return true;
      });
    }
    const message = 'option "geo": make a Parser, which opens the databases once and not for each line';
    assert.throws(() => parse(LINE, FORMAT, { geo: { city } }), { code: 'invalid_option', message });
  });

  test('the main entry has no databases, and says which has', () => {
    const message = 'unknown option "geo": it is one of vpcflow-ecs/ingest';
    assert.throws(() => new imported.Parser({ geo: { city } }), { code: 'invalid_option', message });
  });
});

describe('the command', () => {
  const run = (...args) => runCommand(['--format', FORMAT, ...args], { input: `${LINE}\n` });

  test('takes files', async () => {
    const { status, stdout } = await run('--geo-city', path('city'), '--geo-asn', path('asn'), '--geo-country', path('country'));
    assert.equal(status, 0);
    const parser = new Parser({ format: FORMAT, geo: { city, asn, country } });
    // The record has no time, and the command has a clock of its own.
    const withoutTime = (text) => text.replace(/^{"@timestamp":"[^"]+",/, '{');
    assert.equal(withoutTime(stdout), withoutTime(new TextDecoder().decode(parser.toNdjson(`${LINE}\n`))));
    assert.deepStrictEqual(JSON.parse(stdout).source.geo, OXFORD);
  });

  test('mistakes', async () => {
    const cases = [
      [['--geo-city', path('asn')], 'geo database "city": expected a database of type ...-City, found "GeoLite2-ASN"'],
      [['--geo-asn', folder.path], '--geo-asn cannot be read: EISDIR: illegal operation on a directory, read'],
      [['--geo-country'], '--geo-country needs a value: --geo-country=FILE'],
    ];
    for (const [args, message] of cases) {
      const { status, stdout, stderr } = await run(...args);
      assert.deepStrictEqual({ status, stdout, stderr }, { status: 2, stdout: '', stderr: `vpcflow-ecs: ${message}\n` });
    }
  });

  test('bad lines are reported as without databases', async () => {
    const { status, stderr } = await runCommand(['--format', FORMAT, '--geo-asn', path('asn')], { input: 'x y\n' });
    assert.equal(status, 1);
    assert.match(stderr, /^-?.*line 1, column 1: field "srcaddr": expected an IPv4 or IPv6 address, found "x"$/m);
  });
});

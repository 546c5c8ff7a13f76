import { describe, expect, it } from 'vitest';
import { openSshKeyPair } from '../../systems/ssh/openssh-private-key.js';
import { findCanaries } from './find-canaries.js';

const value = 'q7Hx/2"k+Zt8vB\\w1';
const { privateKey } = openSshKeyPair(Buffer.alloc(32, 9), 'canary');
const canaries = [
  { name: 'password', value },
  { name: 'key', value: privateKey },
];
const find = (text: string) => findCanaries([{ place: 'file', what: 'a', text }], canaries).map(({ canary }) => canary);
const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('findCanaries', () => {
  it.each([
    ['as it is', `x${value}y`],
    ['as JSON', JSON.stringify({ password: value })],
    ['as JSON in JSON', JSON.stringify({ body: JSON.stringify({ password: value }) })],
    ['in a URL', `https://example.com/?p=${encodeURIComponent(value)}`],
    ['in hexadecimal', Buffer.from(value).toString('hex')],
    ['in Base64', base64(value)],
    ['in Base64 after one byte', base64(`x${value}y`)],
    ['in Base64 after two bytes', base64(`xx${value}yy`)],
    ['in a payload', JSON.stringify({ data: base64(JSON.stringify({ line: `found ${value}` })) })],
    ['in Base64 in a payload', JSON.stringify({ data: base64(JSON.stringify({ body: base64(`user:${value}`) })) })],
  ])('finds a secret %s', (_how, text) => {
    expect(find(text)).toEqual(['password']);
  });

  it('finds one line of a key, and a key that JSON made one line of', () => {
    expect(find(`lost: ${privateKey.split('\n')[3] ?? ''}`)).toEqual(['key']);
    expect(find(JSON.stringify(privateKey))).toEqual(['key']);
  });

  it('finds nothing where nothing is, nor in what all keys have in common', () => {
    expect(find(openSshKeyPair(Buffer.alloc(32, 8), 'another').privateKey)).toEqual([]);
    expect(find(`${value.slice(1)} ${base64(value.slice(1))}`)).toEqual([]);
  });

  it('says in which place', () => {
    const traces = [
      { place: 'file', what: 'clean', text: 'nothing' },
      { place: 'history', what: 'cluster/a', text: value },
    ];

    expect(findCanaries(traces, canaries)).toEqual([{ canary: 'password', place: 'history', what: 'cluster/a' }]);
  });
});

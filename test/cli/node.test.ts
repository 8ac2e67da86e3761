import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { OutputClosed } from '../../extension/cli/environment.ts';
import { languageOf, readText, writerTo } from '../../extension/cli/node.ts';

describe('languageOf', () => {
  it.each([
    [{}, 'en'],
    [{ LANG: 'zh_CN.UTF-8' }, 'zh-cn'],
    [{ LANG: 'zh' }, 'zh-cn'],
    [{ LANG: 'zh-Hans' }, 'zh-cn'],
    [{ LANG: 'zhuang' }, 'en'],
    [{ LANG: 'zh_CN.UTF-8', LC_ALL: 'C' }, 'en'],
    [{ LANG: 'en_GB.UTF-8', LC_MESSAGES: 'zh_CN' }, 'zh-cn'],
    [{ LANG: 'zh_CN', LC_ALL: '', LC_MESSAGES: '' }, 'zh-cn'],
  ])('%j: %s', (variables, language) => {
    expect(languageOf(variables)).toBe(language);
  });
});

describe('readText', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tcpscn-'));

  it('a file: its text', async () => {
    const file = join(folder, 'a.tcpscn');
    writeFileSync(file, 'host 客户端');
    expect(await readText(file)).toEqual({ text: 'host 客户端' });
  });

  it('a folder, nothing, something huge: a reason', async () => {
    const huge = join(folder, 'huge.tcpscn');
    writeFileSync(huge, Buffer.alloc(17 * 1024 * 1024));
    expect(await readText(folder)).toEqual({ reason: 'This is a folder. Name the .tcpscn files in it.' });
    expect(await readText(join(folder, 'none'))).toEqual({ reason: 'There is no such file.' });
    expect(await readText(huge)).toEqual({ reason: 'The file is too large to be a scenario.' });
  });

  it('a program, a text in UTF-16: a reason instead of a hundred wrong characters', async () => {
    const file = join(folder, 'not-text.tcpscn');
    for (const bytes of [
      Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0]),
      Buffer.from('host client', 'utf16le'),
      Buffer.of(0xff, 0xfe),
    ]) {
      writeFileSync(file, bytes);
      expect(await readText(file)).toEqual({ reason: 'This is not a text file in UTF-8.' });
    }
  });

  it('a byte order mark is no part of the text', async () => {
    const file = join(folder, 'with-mark.tcpscn');
    writeFileSync(file, '\uFEFFhost client');
    expect(await readText(file)).toEqual({ text: 'host client' });
  });
});

describe('writerTo', () => {
  const stream = (code?: string): NodeJS.WriteStream =>
    new Writable({
      write: (_chunk, _encoding, done) => {
        done(code === undefined ? null : Object.assign(new Error(code), { code }));
      },
    }) as unknown as NodeJS.WriteStream;

  it('a reader that went away: said as that, every time', async () => {
    const write = writerTo(stream('EPIPE'));
    await expect(write('a')).rejects.toThrow(OutputClosed);
    await expect(write('b')).rejects.toThrow(OutputClosed);
  });

  it('another error: passed on', async () => {
    await expect(writerTo(stream('ENOSPC'))('a')).rejects.toThrow('ENOSPC');
  });

  it('all well: resolves', async () => {
    await expect(writerTo(stream())('a')).resolves.toBeUndefined();
  });
});

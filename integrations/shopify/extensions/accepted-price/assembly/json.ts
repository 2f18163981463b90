/** JSON as Shopify gives it to a Function and as our tokens carry it: parsed once, in place. */

import { EMPTY, Text } from './text';

export const enum Kind {
  Nothing,
  Plain,
  Text,
  List,
  Object,
}

/** A value: `text` is how it is written, of texts without the quotes. Members of lists and objects follow each other. */
export class Json {
  kind: Kind = Kind.Nothing;
  text: Text = EMPTY;
  isEscaped: bool = false;
  name: Text = EMPTY;
  first: Json | null = null;
  next: Json | null = null;

  /** An object's member; nothing where there is none. */
  get(name: string): Json {
    let member = this.first;
    while (member !== null) {
      if (member.name.is(name)) return member;
      member = member.next;
    }
    return NOTHING;
  }

  get isThere(): bool {
    return this.kind != Kind.Nothing;
  }

  /** Whether both are the same text, however they are escaped. */
  equals(other: Json): bool {
    if (this.isEscaped || other.isEscaped) return unescaped(this.text) == unescaped(other.text);
    return this.text.equals(other.text);
  }
}

export const NOTHING = new Json();

const DEEPEST = 32;
let position: usize = 0;
let end: usize = 0;
let isBroken = false;

/** Parse a text; nothing of what is no JSON. */
export function parse(text: Text): Json {
  position = text.start;
  end = text.start + text.length;
  isBroken = false;
  const value = new Json();
  read(value, 0);
  return isBroken ? NOTHING : value;
}

/** The byte at the position, behind any space; 0 at the end. */
function skipped(): i32 {
  while (position < end) {
    const byte = load<u8>(position);
    if (byte > 32) return byte;
    position++;
  }
  return 0;
}

function fail(): void {
  isBroken = true;
  position = end;
}

function read(value: Json, depth: i32): void {
  const byte = skipped();
  if (depth > DEEPEST || byte == 0) return fail();
  if (byte == 123 || byte == 91) return readMembers(value, byte == 123, depth);
  if (byte == 34) {
    value.kind = Kind.Text;
    value.isEscaped = readText();
    value.text = read_;
    return;
  }
  const start = position;
  while (position < end && isPlain(load<u8>(position))) position++;
  if (position == start) return fail();
  const text = new Text(start, <i32>(position - start));
  if (text.is('null')) return; // nothing, as where the member isn't there
  value.text = text;
  value.kind = Kind.Plain;
}

/** Letters, digits and signs, of which numbers, flags and null are made. */
@inline
function isPlain(byte: i32): bool {
  return (byte >= 48 && byte <= 57) || (byte >= 97 && byte <= 122) || byte == 69 || byte == 43 || byte == 45 || byte == 46;
}

function readMembers(value: Json, isObject: bool, depth: i32): void {
  value.kind = isObject ? Kind.Object : Kind.List;
  const closing = isObject ? 125 : 93;
  position++;
  if (skipped() == closing) {
    position++;
    return;
  }
  let last: Json | null = null;
  while (!isBroken) {
    const member = new Json();
    if (isObject) {
      if (skipped() != 34) return fail();
      readText();
      member.name = read_;
      if (skipped() != 58) return fail();
      position++;
    }
    read(member, depth + 1);
    if (last === null) value.first = member;
    else last.next = member;
    last = member;
    const byte = skipped();
    position++;
    if (byte == closing) return;
    if (byte != 44) return fail();
  }
}

/** The text that `readText` has read. */
let read_: Text = EMPTY;

/** Read a text up to its closing quote; returns whether it has escapes. */
function readText(): bool {
  const start = ++position;
  let isEscaped = false;
  while (position < end) {
    const byte = load<u8>(position);
    if (byte == 34) {
      read_ = new Text(start, <i32>(position - start));
      position++;
      return isEscaped;
    }
    if (byte == 92) {
      isEscaped = true;
      position++;
    }
    position++;
  }
  fail();
  return false;
}

/** A text as a string, with what its escapes stand for. */
function unescaped(text: Text): string {
  const written = String.UTF8.decodeUnsafe(text.start, text.length);
  let plain = '';
  for (let at = 0; at < written.length; at++) {
    const code = written.charCodeAt(at);
    if (code != 92) {
      plain += String.fromCharCode(code);
      continue;
    }
    const kind = written.charCodeAt(++at);
    if (kind == 117) {
      plain += String.fromCharCode(<i32>parseInt(written.substring(at + 1, at + 5), 16));
      at += 4;
    } else plain += String.fromCharCode(escapedCode(kind));
  }
  return plain;
}

function escapedCode(kind: i32): i32 {
  if (kind == 110) return 10;
  if (kind == 116) return 9;
  if (kind == 114) return 13;
  if (kind == 98) return 8;
  return kind == 102 ? 12 : kind;
}

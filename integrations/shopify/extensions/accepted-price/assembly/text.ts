/** Texts where they stand in memory: bytes that are compared and copied, and never made into strings. */

export class Text {
  constructor(
    public start: usize,
    public length: i32,
  ) {}

  /** The byte at a place. */
  @inline
  at(place: i32): i32 {
    return load<u8>(this.start + place);
  }

  part(from: i32, to: i32): Text {
    return new Text(this.start + from, to - from);
  }

  /** Where the byte stands last; -1 where it doesn't. */
  lastIndexOf(byte: i32): i32 {
    let place = this.length - 1;
    while (place >= 0 && this.at(place) != byte) place--;
    return place;
  }

  /** Whether it is an ASCII text. */
  is(text: string): bool {
    return this.length == text.length && this.beginsWith(text);
  }

  beginsWith(text: string): bool {
    const length = text.length;
    if (this.length < length) return false;
    const other = changetype<usize>(text);
    for (let place = 0; place < length; place++) {
      if (load<u8>(this.start + place) != <u8>load<u16>(other + (place << 1))) return false;
    }
    return true;
  }

  /** Compared from the end, where tokens differ, and eight bytes at a time. */
  equals(other: Text): bool {
    if (this.length != other.length) return false;
    let left = this.length;
    for (; left >= 8; left -= 8) {
      if (load<u64>(this.start + left - 8) != load<u64>(other.start + left - 8)) return false;
    }
    for (; left > 0; left--) if (this.at(left - 1) != other.at(left - 1)) return false;
    return true;
  }

  /** A whole number; what it begins with where it goes on with something else. */
  get whole(): i64 {
    let number: i64 = 0;
    const isNegative = this.length > 0 && this.at(0) == 45;
    for (let place = isNegative ? 1 : 0; place < this.length; place++) {
      const digit = this.at(place) - 48;
      if (digit < 0 || digit > 9) break;
      number = number * 10 + digit;
    }
    return isNegative ? -number : number;
  }
}

export const EMPTY = new Text(0, 0);

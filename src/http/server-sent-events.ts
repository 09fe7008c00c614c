// Server-sent events read piece by piece (WHATWG HTML, section 9.2.6): lines end in CR, LF or both, comments are skipped, the
// data lines of an event are joined. Names and ids of events are not kept: nothing here needs them.

export interface EventReader {
  /** Any piece of the stream, however it is cut. */
  push(text: string): void;
  /** The stream is over: an event without its blank line counts too. */
  end(): void;
}

export function createEventReader(onData: (data: string) => void): EventReader {
  let rest = '';
  let searchedTo = 0;
  let data: string[] = [];
  const dispatch = () => {
    if (data.length === 0) return;
    const whole = data.join('\n');
    data = [];
    onData(whole);
  };
  const line = (text: string) => {
    if (text === '') dispatch();
    else if (text === 'data') data.push('');
    else if (text.startsWith('data:')) data.push(text.slice(text[5] === ' ' ? 6 : 5));
  };
  return {
    push(text) {
      rest += text;
      let start = 0;
      for (;;) {
        LINE_END.lastIndex = Math.max(start, searchedTo);
        const match = LINE_END.exec(rest);
        // A CR at the very end may be half of a CR LF.
        if (!match || (match[0] === '\r' && match.index === rest.length - 1)) break;
        line(rest.slice(start, match.index));
        start = match.index + match[0].length;
        searchedTo = start;
      }
      rest = rest.slice(start);
      searchedTo = Math.max(0, rest.length - 1);
    },
    end() {
      if (rest !== '') line(rest.replace(/\r$/, ''));
      rest = '';
      dispatch();
    },
  };
}

const LINE_END = /\r\n|\n|\r/g;

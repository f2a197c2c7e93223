package ledger

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"engawa/bot/inbox"
)

// lines reads one line after the other, however long they are.
type lines struct{ from *bufio.Reader }

func newLines(from io.Reader) lines { return lines{bufio.NewReaderSize(from, 1<<20)} }

// next gives a line without its end; the last one may come with io.EOF.
func (l lines) next() ([]byte, error) {
	line, err := l.from.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		rest, more := l.from.ReadBytes('\n')
		line, err = append(bytes.Clone(line), rest...), more
	}
	return bytes.TrimRight(line, "\r\n"), err
}

// WriteJournal writes the journals of all lanes, one turn a line, each person's turns
// in order: what [Replay] reads.
func (g *Ledger) WriteJournal(ctx context.Context, w io.Writer) error {
	const chunk = 500
	for l := range inbox.Lane(g.lanes) {
		for from := "-"; ; {
			got, err := g.rdb.XRangeN(ctx, JournalKey(l), from, "+", chunk).Result()
			if err != nil {
				return fmt.Errorf("ledger: journal: %w", err)
			}
			for _, m := range got {
				text, _ := m.Values["j"].(string)
				if _, err := io.WriteString(w, text+"\n"); err != nil {
					return fmt.Errorf("ledger: journal: %w", err)
				}
			}
			if len(got) < chunk {
				break
			}
			from = "(" + got[len(got)-1].ID
		}
	}
	return nil
}

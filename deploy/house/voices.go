package house

import (
	"context"

	"engawa/bot/board"
	"engawa/handoff/console"
)

// voices shows the console how often each answer was given after a talk.
func (h *house) voices(ctx context.Context, months, topics []string) (byMonth, byTopic []console.Tally, err error) {
	m, t, err := h.board.Talks(ctx, months, topics)
	return talliesOf(m), talliesOf(t), err
}

func talliesOf(all []board.Tally) []console.Tally {
	out := make([]console.Tally, len(all))
	for i, t := range all {
		out[i] = console.Tally(t)
	}
	return out
}

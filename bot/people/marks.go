package people

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"engawa/config/privacy"
	"engawa/flows"
)

// Mark is what LINE gave with a text so that 既読 can be shown on it, and on all before
// it, once a human has read it. It never runs out.
type Mark struct {
	At    int64  `json:"t"` // unix ms: when the text was written
	Token string `json:"k"`
}

// maxMarks is how many are kept: the newest alone would do, if a text never came
// between a coordinator's look and our hearing of it.
const maxMarks = 8

// MarksItem is what is kept of the tokens, to be sealed and then put into FieldMarks.
func MarksItem(p flows.PersonID, marks []Mark) (privacy.Item, error) {
	marks = slices.Clone(marks)
	slices.SortStableFunc(marks, func(a, b Mark) int { return cmp.Compare(a.At, b.At) }) // LINE brings an older text later now and then
	plain, err := json.Marshal(marks[max(0, len(marks)-maxMarks):])
	if err != nil {
		return privacy.Item{}, fmt.Errorf("people: marks: %w", err)
	}
	return privacy.Item{Owner: owner(p), AAD: "marks", Data: plain}, nil
}

// marks opens them. What cannot be read is none: it is about a sign on a screen.
func (s *Store) marks(ctx context.Context, p flows.PersonID, sealed string) (all []Mark, err error) {
	if sealed == "" {
		return nil, nil
	}
	plain, err := s.vault.Open(ctx, owner(p), "marks", []byte(sealed))
	switch {
	case errors.Is(err, privacy.ErrBroken):
		return nil, nil
	case errors.Is(err, privacy.ErrShredded):
		return nil, ErrNobody
	case err != nil:
		return nil, fmt.Errorf("people: marks: %w", err)
	}
	if json.Unmarshal(plain, &all) != nil {
		return nil, nil
	}
	return all, nil
}

// ReadTo parts the marks at a time: the newest that was read by then, and those after it.
func ReadTo(all []Mark, until time.Time) (token string, left []Mark) {
	for i, m := range all {
		if m.At > until.UnixMilli() {
			return token, all[i:]
		}
		token = m.Token
	}
	return token, nil
}

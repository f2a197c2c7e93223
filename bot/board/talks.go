package board

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"

	"engawa/flows"
)

// Answers to how a talk with a human was, beside those about visits: sums of a month
// and of a topic, never a person, a case or a coordinator. Like those of a visit they
// are told from [fewest] on.

// Tally is how often each answer of [flows.TalkFelts] was given; -1 = too few to tell.
type Tally struct {
	Name string // a month ("2026-11") or a topic
	N    [len(flows.TalkFelts)]int
}

const ofTalks = "talks:"

// CountTalk counts one answer of one person about one talk. The name of the act tells
// nobody who it was; again it changes nothing.
func (s *Store) CountTalk(ctx context.Context, person string, note flows.BoardNote) error {
	if !slices.Contains(flows.TalkFelts[:], note.Felt) {
		return nil
	}
	sum := sha256.Sum256([]byte("talk|" + person + "|" + string(note.Case)))
	act := hex.EncodeToString(sum[:12])
	if err := s.Count(ctx, act, ofTalks+note.Month, "felt."+note.Felt, 1); err != nil {
		return err
	}
	if note.Topic == "" {
		return nil
	}
	return s.Count(ctx, act+"-topic", ofTalks+note.Topic, "felt."+note.Felt, 1)
}

// Talks tells the sums of these months, and those of these topics over all time.
func (s *Store) Talks(ctx context.Context, months, topics []string) (byMonth, byTopic []Tally, err error) {
	if byMonth, err = s.tallies(ctx, months); err == nil {
		byTopic, err = s.tallies(ctx, topics)
	}
	return byMonth, byTopic, err
}

func (s *Store) tallies(ctx context.Context, names []string) ([]Tally, error) {
	if len(names) == 0 {
		return nil, nil
	}
	var fields []string
	for _, name := range names {
		for _, felt := range flows.TalkFelts {
			fields = append(fields, ofTalks+name+" felt."+felt)
		}
	}
	got, err := s.rdb.HMGet(ctx, countsKey, fields...).Result()
	if err != nil {
		return nil, fmt.Errorf("board: talks: %w", err)
	}
	out := make([]Tally, len(names))
	for i := range out {
		out[i].Name = names[i]
		for j := range out[i].N {
			text, _ := got[i*len(flows.TalkFelts)+j].(string)
			n, err := strconv.Atoi(text)
			if err != nil || n < fewest {
				n = -1
			}
			out[i].N[j] = n
		}
	}
	return out, nil
}

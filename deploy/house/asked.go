package house

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"

	"engawa/bot/assist"
	"engawa/config/privacy"
)

// askedCmd shows what the language model was asked. Whoever may run it holds the
// master key: it is for the administrator and, on paper, for the city's auditor.
type askedCmd struct {
	Day  string `help:"日（UTC、2026-11-22 の形）。書かなければ、残っている日ぜんぶ / the day (UTC); without it all that are kept"`
	JSON bool   `help:"JSON の行で書く / write lines of JSON"`
}

// Run lists the questions as they left the house, and what came of them.
func (c askedCmd) Run(ctx context.Context) error {
	return withHouse(ctx, func(h *house) error {
		days, err := c.days(h.clock())
		if err != nil {
			return err
		}
		for _, day := range days {
			all, err := h.asked.List(ctx, day)
			if err != nil {
				return err
			}
			if err := showAsked(os.Stdout, all, c.JSON); err != nil {
				return err
			}
		}
		return nil
	})
}

// days are those that were asked for: one, or all whose keys still live.
func (c askedCmd) days(now time.Time) (all []time.Time, err error) {
	if c.Day != "" {
		day, err := time.Parse(time.DateOnly, c.Day)
		if err != nil {
			return nil, fmt.Errorf("--day は 2026-11-22 の形で書いてください / write the day like 2026-11-22")
		}
		return []time.Time{day}, nil
	}
	for day := now.UTC().Add(-privacy.Keep[privacy.Asked]); !day.After(now.UTC()); day = day.Add(24 * time.Hour) {
		all = append(all, day)
	}
	return all, nil
}

func showAsked(w io.Writer, all []assist.Record, asJSON bool) error {
	for _, r := range all {
		if asJSON {
			line, err := json.Marshal(r)
			if err != nil {
				return err
			}
			if _, err := fmt.Fprintln(w, string(line)); err != nil {
				return err
			}
			continue
		}
		at := r.At.Format(time.RFC3339)
		var err error
		if r.Gone {
			_, err = fmt.Fprintf(w, "%s %s  消されました / deleted by the person\n", at, r.ID)
		} else {
			_, err = fmt.Fprintf(w, "%s %s  %s %s  %s %d ms\n  → %s\n  ← %s\n", at, r.ID, r.Side, r.Op, verdict(r), r.Millis, r.Question, r.Answer)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// verdict is how a question ended, also where nobody knows.
func verdict(r assist.Record) string {
	if r.Verdict == "" {
		return "?"
	}
	return r.Verdict
}

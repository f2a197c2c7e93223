package house

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"engawa/bot/ledger"
	"engawa/bot/people"
	"engawa/config"
	"engawa/flows"
	"engawa/handoff"
)

type ledgerCmd struct {
	JSON bool `help:"JSON で書く / write JSON"`
	Drop struct {
		ID     string `arg:"" help:"手紙の番号 / id of a letter"`
		Reason string `required:"" help:"なぜ / why"`
	} `cmd:"" help:"届かなかったものを、理由をつけて取りさげる / let go of a letter"`
	Resend struct {
		ID     string `arg:"" help:"手紙の番号 / id of a letter"`
		Reason string `required:"" help:"なぜ / why"`
	} `cmd:"" help:"届かなかったものを、もう一度送る / send a letter again"`
	Show struct{} `cmd:"" default:"1" help:"数と、届かなかったもの / counts and letters"`
}

// operator signs what is done from a shell.
const operator = "operator"

// Run shows the counts, whether they add up, and what could not be delivered.
func (c ledgerCmd) Run(ctx context.Context) error {
	return withHouse(ctx, func(h *house) error {
		switch {
		case c.Drop.ID != "":
			return h.outbox.Drop(ctx, c.Drop.ID, c.Drop.Reason, operator)
		case c.Resend.ID != "":
			return h.outbox.Resend(ctx, c.Resend.ID, c.Resend.Reason, operator)
		}
		return showLedger(ctx, h, c.JSON)
	})
}

// book is the ledger as JSON.
type book struct {
	Counts  map[string]int64 `json:"counts"`
	Waiting int64            `json:"waiting"`
	AddsUp  bool             `json:"adds_up"`
	Letters []bookLetter     `json:"letters"`
}

type bookLetter struct {
	ID    string    `json:"id"`
	State string    `json:"state"`
	Class string    `json:"class"`
	Alias string    `json:"alias"`
	At    time.Time `json:"at"`
	Why   string    `json:"why"`
}

func showLedger(ctx context.Context, h *house, asJSON bool) error {
	counts, waiting, err := h.ledger.Counts(ctx)
	if err != nil {
		return err
	}
	letters, err := h.outbox.List(ctx)
	if err != nil {
		return err
	}
	b := book{Counts: counts, Waiting: waiting, AddsUp: h.ledger.Equation(ctx) == nil, Letters: []bookLetter{}}
	for _, l := range letters {
		b.Letters = append(b.Letters, bookLetter{ID: l.ID, State: l.State, Class: l.Class, Alias: l.Alias, At: l.At, Why: l.Why})
	}
	if asJSON {
		enc := json.NewEncoder(os.Stdout)
		enc.SetIndent("", "  ")
		return enc.Encode(b)
	}
	names := map[string]string{
		ledger.Received: "受けとった", ledger.Bot: "機械が答えた", ledger.Human: "人が読んだ", ledger.Quiet: "きまりで静かにした",
		ledger.Deleted: "頼まれて消した", ledger.Failed: "届かなかった", ledger.Pending: "まだ途中", ledger.Duplicates: "二度目に来た（数に入れない）",
	}
	for _, n := range ledger.Names {
		fmt.Printf("%10d  %s / %s\n", counts[n], names[n], n)
	}
	fmt.Printf("%10d  順番を待っている / waiting for their turn\n", waiting)
	if !b.AddsUp {
		fmt.Println("数が合いません。手引き（deploy/runbook）を見てください / the counts do not add up")
	}
	for _, l := range b.Letters {
		fmt.Printf("%s  %s %s %s %s %s\n", l.At.Format(time.RFC3339), l.ID, l.State, l.Class, l.Alias, l.Why)
	}
	return nil
}

type forgetCmd struct {
	Alias string `help:"相談員の画面に出る名前（みどりのつばめ 27） / the alias that the console shows" xor:"who" required:""`
	Case  string `help:"相談の番号 / id of a case" xor:"who" required:""`
	Yes   bool   `help:"たずねずに消す / do not ask"`
}

// Run destroys what is kept of one person, as the person's own 消す does.
func (c forgetCmd) Run(ctx context.Context) error {
	return withHouse(ctx, func(h *house) error {
		p, err := c.person(ctx, h)
		if err != nil {
			return err
		}
		if !c.Yes {
			fmt.Print("この人のことば・選んだこと・LINE の番号を消します。もとにはもどせません。消すなら「消す」と書いてください: ")
			var answer string
			_, _ = fmt.Scanln(&answer)
			if answer != "消す" {
				fmt.Println("何も消していません / nothing was deleted")
				return nil
			}
		}
		if err := h.forget(ctx, p); err != nil {
			return err
		}
		fmt.Println("消しました / deleted")
		return nil
	})
}

func (c forgetCmd) person(ctx context.Context, h *house) (flows.PersonID, error) {
	if c.Case != "" {
		row, err := h.desk.Get(ctx, flows.CaseID(c.Case))
		if errors.Is(err, handoff.ErrUnknown) || err == nil && row.Person == "" {
			return "", errors.New("その番号の相談は見つかりません / no such case")
		}
		return row.Person, err
	}
	found, err := h.people.Find(ctx, c.Alias)
	switch {
	case err != nil:
		return "", err
	case len(found) == 0:
		return "", errors.New("その名前の人は見つかりません / nobody by that alias")
	case len(found) > 1:
		return "", errors.New("同じ名前の人が二人以上います。--case で選んでください / the alias is not unique, use --case")
	}
	return found[0], nil
}

// withStores opens the stores and waits for them; it moves nothing.
func withStores(ctx context.Context, do func(config.Config, stores) error) error {
	cfg, err := settings()
	if err != nil {
		return err
	}
	s, err := openStores(cfg)
	if err != nil {
		return err
	}
	defer s.close()
	if err := awaitStores(ctx, s.main, s.keys); err != nil {
		return err
	}
	return do(cfg, s)
}

// withHouse joins the parts without moving any of them.
func withHouse(ctx context.Context, do func(*house) error) error {
	return withStores(ctx, func(cfg config.Config, s stores) error {
		b, err := words(cfg)
		if err != nil {
			return err
		}
		h, err := newHouse(ctx, cfg, s, b, slog.New(slog.DiscardHandler))
		if err != nil {
			return err
		}
		defer h.line.Close()
		return do(h)
	})
}

// forgetTime is how long the shell waits for a 消す to be complete.
const forgetTime = 30 * time.Second

// forget puts a 消す into the person's own lane, where it comes after whatever is
// being said to them just now, and works on the lane until they are gone: that
// needs no running serve, and does no harm beside one.
func (h *house) forget(ctx context.Context, p flows.PersonID) error {
	if err := h.turns.Delete(ctx, p, "forget-"+string(p)); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, forgetTime)
	var lanes sync.WaitGroup
	defer lanes.Wait()
	defer cancel()
	lanes.Go(func() { h.reader.Run(ctx) })
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		_, err := h.people.Alias(ctx, p)
		if errors.Is(err, people.ErrNobody) {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.New("まだ消し終わっていません。engawa serve が動いていれば、つづきはそこで消えます / not finished yet; a running serve completes it")
		case <-tick.C:
		}
	}
}

package house

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"engawa/bot/board"
	"engawa/flows/catalogue"
	"engawa/handoff/staff"
)

type catalogueCmd struct {
	Check  catalogueCheck  `cmd:"" help:"ファイルを調べ、何が変わるかを言う。何も変えない / say what is wrong and what would change"`
	Export catalogueExport `cmd:"" help:"公開しているものを CSV か JSON に書く / write what is published"`
	Import catalogueImport `cmd:"" help:"ある会のものを、投稿として入れる。世話役が確かめるまで出ない / submit rows as posts of a group"`
}

type catalogueCheck struct {
	File  string `arg:"" help:".csv か .json" placeholder:"FILE"`
	Group string `help:"会の番号。import するときと同じに調べる / as for an import into this group"`
}

// Run touches nothing.
func (c catalogueCheck) Run(ctx context.Context) error {
	records, err := readCatalogue(c.File)
	if err != nil {
		return err
	}
	return withHouse(ctx, func(h *house) error {
		in, err := h.intake(ctx, c.Group)
		if err != nil {
			return err
		}
		p, err := in.plan(records)
		if err != nil {
			return refusedRows(err)
		}
		return p.tell(os.Stdout)
	})
}

type catalogueExport struct {
	File string `arg:"" help:".csv か .json" placeholder:"FILE"`
	All  bool   `help:"場所を聞いた人にだけ伝える居場所と、まだ確かめていないものも書く / also safe places, and what nobody has verified"`
}

// Run writes a file that only its owner can read: it holds links and names that
// residents get one by one.
func (c catalogueExport) Run(ctx context.Context) error {
	return withHouse(ctx, func(h *house) error {
		if err := h.posted.Look(ctx); err != nil {
			return err
		}
		entries, left := exported(h.entries(), c.All, h.clock())
		var body bytes.Buffer
		write, err := catalogueForm(c.File, catalogue.WriteCSV, catalogue.WriteJSON)
		if err == nil {
			err = write(&body, entries)
		}
		if err != nil {
			return err
		}
		if err := os.WriteFile(c.File, body.Bytes(), 0o600); err != nil {
			return fmt.Errorf("%s を書けませんでした / cannot write: %w", c.File, err)
		}
		fmt.Printf("%d件を書きました / written: %s\n", len(entries), c.File)
		if left > 0 {
			fmt.Printf("まだ確かめていないものと、場所を聞いた人にだけ伝えるもの %d件は、入れていません（--all で入ります） / left out\n", left)
		}
		return nil
	})
}

// exported are the entries that residents can see in a list, and how many more are published.
func exported(entries []*catalogue.Entry, all bool, now time.Time) (out []*catalogue.Entry, left int) {
	for _, e := range entries {
		switch {
		case e.State != catalogue.Published:
		case all || e.Shown(now) && !e.Where.Asked:
			out = append(out, e)
		default:
			left++
		}
	}
	return out, left
}

type catalogueImport struct {
	File  string `arg:"" help:".csv か .json" placeholder:"FILE"`
	Group string `required:"" help:"会の番号 / id of the group"`
	By    string `required:"" help:"入れる人。会の人か、相談員のアカウントの名前 / who: a member of the group or an account"`
}

// Run sends in what is new or changed. A file with a fault changes nothing.
func (c catalogueImport) Run(ctx context.Context) error {
	records, err := readCatalogue(c.File)
	if err != nil {
		return err
	}
	return withHouse(ctx, func(h *house) error {
		in, err := h.intake(ctx, c.Group)
		if err == nil {
			err = in.signed(ctx, h.staff, c.By)
		}
		if err != nil {
			return err
		}
		p, err := in.plan(records)
		if err != nil {
			return refusedRows(err)
		}
		if err := p.tell(os.Stdout); err != nil {
			return err
		}
		n, err := in.send(ctx, p)
		if n == 0 && err == nil {
			fmt.Println("送るものは、ありませんでした / nothing to submit")
			return nil
		}
		fmt.Printf("%d件を送りました。会の投稿として、世話役の「会とお知らせ」の画面に並びます / submitted\n", n)
		if errors.Is(err, board.ErrOften) {
			return errors.New("きょうはここまでです。あした、同じファイルをもう一度入れると、つづきが入ります / the rest tomorrow, with the same file")
		}
		return err
	})
}

// signed finds who sends in: a member of the group, or somebody of the house.
func (in *intake) signed(ctx context.Context, accounts *staff.Store, name string) error {
	for _, m := range in.group.Members {
		if m.ID == name || m.Name == name {
			in.by, in.member = m.ID, true
			return nil
		}
	}
	a, err := accounts.Find(ctx, name)
	if err != nil || a.Disabled {
		return errors.New("--by には、会の人の名前か、使えるアカウントの名前を書きます / --by: a member of the group or an account")
	}
	in.by = a.Name
	return nil
}

// intake reads what the board and the content hold now.
func (h *house) intake(ctx context.Context, group string) (*intake, error) {
	if err := h.posted.Look(ctx); err != nil {
		return nil, err
	}
	in := &intake{store: h.board, shot: h.posted.Now(), cards: map[string]*catalogue.Entry{}}
	for _, e := range catalogue.FromCards(h.bundle()) {
		in.cards[e.ID] = e
	}
	if group == "" {
		return in, nil
	}
	return in, in.into(group)
}

// into chooses the group that the rows are for.
func (in *intake) into(group string) error {
	if in.group = in.shot.Groups[group]; in.group == nil || in.group.State == board.Recalled {
		return errors.New("--group の会がないか、取り下げられています。番号は「会」の画面のアドレスにあります / no such group")
	}
	return nil
}

func refusedRows(err error) error {
	return fmt.Errorf("直すところがあります。何も変えていません / refused, nothing was changed\n%w", err)
}

// readCatalogue reads a file, or tells all its faults.
func readCatalogue(name string) ([]catalogue.Record, error) {
	read, err := catalogueForm(name, catalogue.ReadCSV, catalogue.ReadJSON)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(name) //#nosec G304 -- the operator names the file
	if err != nil {
		return nil, fmt.Errorf("ファイルが開きません / cannot open: %w", err)
	}
	defer func() { _ = f.Close() }()
	records, err := read(io.Reader(f))
	if err != nil {
		return nil, refusedRows(err)
	}
	return records, nil
}

// catalogueForm chooses by the end of a file's name.
func catalogueForm[F any](name string, csv, json F) (none F, err error) {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".csv":
		return csv, nil
	case ".json":
		return json, nil
	}
	return none, errors.New("ファイルの名前は .csv か .json で終わります / the file must end in .csv or .json")
}

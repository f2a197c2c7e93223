package house

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"engawa/bot/line/richmenu"
	"engawa/flows"
	"engawa/flows/script"
)

type richmenuCmd struct {
	Sync richmenuSyncCmd `cmd:"" help:"LINE のメニューを、いまのことばと同じにする / make LINE's menus equal to the release in force"`
	Draw richmenuDrawCmd `cmd:"" help:"絵だけを、フォルダーに描く / only draw the pictures, into a folder"`
}

type richmenuSyncCmd struct {
	DryRun bool `help:"することを言うだけで、何もしない / say what would be done and do nothing"`
}

// Run makes LINE equal to the release in force. It may be run as often as one likes.
func (c richmenuSyncCmd) Run(ctx context.Context) error {
	return withHouse(ctx, func(h *house) error {
		if err := h.talks.Look(ctx, h.clock()); err != nil {
			return fmt.Errorf("公開したことばを読めませんでした / the release in force cannot be read: %w", err)
		}
		if h.bundle().Rich == nil {
			return errors.New("ことばのフォルダーに menu.yaml がないので、メニューは作りません / the content has no menu.yaml")
		}
		done := 0
		err := h.syncMenu(ctx, c.DryRun, func(l string) { done++; fmt.Println("・", l) })
		if err != nil {
			return fmt.Errorf("メニューを LINE に入れられませんでした。もう一度打つと、つづきからします / not finished, run it again: %w", err)
		}
		if done == 0 {
			fmt.Println("○ LINE のメニューは、いまのことばと同じです / nothing to change")
		}
		return nil
	})
}

type richmenuDrawCmd struct {
	contentFlags
	To string `arg:"" help:"フォルダー / folder" type:"existingdir"`
}

// Run draws the pictures, for eyes that want to see them before LINE does.
func (c richmenuDrawCmd) Run() error {
	b, err := c.load()
	if err != nil {
		return err
	}
	menus, err := richmenu.Make(b, "https://example.jp/")
	if err != nil {
		return err
	}
	for _, m := range menus {
		name := filepath.Join(c.To, "menu-"+m.Key+".png")
		//#nosec G306 -- pictures that everybody may see
		if err := os.WriteFile(name, m.PNG, 0o644); err != nil {
			return fmt.Errorf("%s を書けませんでした / cannot write: %w", name, err)
		}
		fmt.Println(name)
	}
	return nil
}

// syncMenu draws the menus of the release in force and makes LINE equal to them.
func (h *house) syncMenu(ctx context.Context, dry bool, say func(string)) error {
	menus, err := richmenu.Make(h.bundle(), h.contactsPage())
	if err != nil || len(menus) == 0 {
		return err
	}
	s := richmenu.Syncer{LINE: h.line, Dry: dry, Say: say}
	return s.Run(ctx, menus)
}

// contactsPage is where the static page of contacts is found: the city's own copy
// of it, which needs nothing of ours, else the one that we serve; "" if neither is.
func (h *house) contactsPage() string {
	if own := h.bundle().House.Contacts; own != "" {
		return own
	}
	if h.cfg.PublicURL != "" {
		return h.cfg.PublicURL + contactsPath
	}
	return ""
}

// menu is the part of setup that makes the picture menus.
func (s *setup) menu(ctx context.Context) {
	if s.bundle().Rich == nil {
		fmt.Println("・ menu.yaml がないので、絵のメニューは作りません / no menu.yaml, no picture menu")
		return
	}
	err := s.syncMenu(ctx, false, func(string) {})
	s.tell(err == nil, "絵のメニューは、いまのことばと同じです / the picture menus are the content's",
		"絵のメニューを LINE に入れられません。`engawa richmenu sync` をもう一度打ってください / the picture menus could not be set")
}

// unwritable tells the words of the picture menu that no font of ours can draw.
func unwritable(b *flows.Bundle) (out script.Faults) {
	if b.Rich == nil {
		return nil
	}
	for _, cells := range [][]flows.RichCell{b.Rich.Cells, b.Rich.Strip} {
		for _, c := range cells {
			for _, l := range flows.Langs {
				text, own := c.Label.In(l)
				if !own || c.Label[l] == "" {
					continue
				}
				if gone, err := richmenu.Missing(text, l); err == nil && len(gone) > 0 {
					out = append(out, script.Fault{File: "menu.yaml", Code: "glyph",
						Text: fmt.Sprintf("メニューの「%s」(%s)の「%s」は、絵にする字の形がありません。ほかの字にします。", text, l, string(gone))})
				}
			}
		}
	}
	return out
}

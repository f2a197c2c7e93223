package richmenu

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"engawa/bot/line"
)

// Syncer makes LINE equal to the menus of a release. It may be run as often as
// one likes and may die anywhere: what is there is found by its name, which
// carries the print of its content, and nobody else's menu is touched.
type Syncer struct {
	LINE *line.Client
	Dry  bool                // says what it would do and does nothing
	Say  func(string)        // one line for each thing done
	Wait func(time.Duration) // between questions whether LINE has moved everybody; nil = sleep
}

// havoc would be to delete a menu before those who chose it have the new one: so
// often is asked, and else the old one stays until the next time.
const (
	askings  = 10
	askEvery = time.Second
)

// Run does it. After an error it is safe to run again.
func (s *Syncer) Run(ctx context.Context, menus []Menu) error {
	have, err := s.LINE.Menus(ctx)
	if err != nil {
		return err
	}
	aliases, err := s.LINE.MenuAliases(ctx)
	if err != nil {
		return err
	}
	ids := map[string]string{} // key → id at LINE
	for _, m := range menus {
		if ids[m.Key], err = s.ensure(ctx, m, have, aliases); err != nil {
			return err
		}
	}
	for _, m := range menus {
		if err := s.alias(ctx, m, ids[m.Key], aliases); err != nil {
			return err
		}
	}
	if len(menus) > 0 {
		if err := s.byDefault(ctx, menus[0], ids[menus[0].Key]); err != nil {
			return err
		}
	}
	return s.clean(ctx, ids, have, aliases)
}

// ensure gives the id of a menu that is there with its picture, making what is missing.
func (s *Syncer) ensure(ctx context.Context, m Menu, have []line.Menu, aliases map[string]string) (string, error) {
	for _, h := range have {
		if h.Name != m.Name {
			continue
		}
		if aliases[m.Alias] == h.ID { // an alias is set when all is done
			return h.ID, nil
		}
		painted, err := s.LINE.MenuPainted(ctx, h.ID)
		if err != nil {
			return "", err
		}
		if painted {
			return h.ID, nil
		}
		s.Say("絵を入れます / paint: " + m.Name)
		if s.Dry {
			return h.ID, nil
		}
		return h.ID, s.LINE.PaintMenu(ctx, h.ID, m.PNG)
	}
	s.Say(fmt.Sprintf("作ります / make: %s（%d KB）", m.Name, len(m.PNG)/1024))
	if s.Dry {
		return "", nil
	}
	id, err := s.LINE.MakeMenu(ctx, m.Spec)
	if err != nil {
		return "", err
	}
	return id, s.LINE.PaintMenu(ctx, id, m.PNG)
}

func (s *Syncer) alias(ctx context.Context, m Menu, id string, aliases map[string]string) error {
	now, known := aliases[m.Alias]
	if known && now == id && id != "" {
		return nil
	}
	s.Say("つなぎます / alias: " + m.Alias)
	if s.Dry {
		return nil
	}
	return s.LINE.SetMenuAlias(ctx, m.Alias, id, known)
}

// byDefault gives everybody who has chosen nothing the first menu.
func (s *Syncer) byDefault(ctx context.Context, m Menu, id string) error {
	now, err := s.LINE.DefaultMenu(ctx)
	if err != nil || now == id && id != "" {
		return err
	}
	s.Say("ふだんのメニューにします / default: " + m.Name)
	if s.Dry {
		return nil
	}
	return s.LINE.SetDefaultMenu(ctx, id)
}

// clean takes our old menus away, after those who had chosen one have its successor.
func (s *Syncer) clean(ctx context.Context, ids map[string]string, have []line.Menu, aliases map[string]string) error {
	var old []line.Menu
	heirs := map[string]string{} // all of them: who dies before this has set the aliases already
	for _, h := range have {
		key := keyOf(h.Name)
		if key == "" || slices.Contains(values(ids), h.ID) {
			continue
		}
		old = append(old, h)
		if ids[key] != "" {
			heirs[h.ID] = ids[key]
		}
	}
	if len(heirs) > 0 && !s.Dry {
		moved, err := s.move(ctx, heirs)
		if err != nil || !moved {
			s.Say("前のメニューは、次のときに片づけます / the old menus stay until the next run")
			return err
		}
	}
	for _, h := range old {
		s.Say("片づけます / delete: " + h.Name)
		if !s.Dry {
			if err := s.LINE.DropMenu(ctx, h.ID); err != nil {
				return err
			}
		}
	}
	return s.cleanAliases(ctx, ids, aliases)
}

// cleanAliases takes away aliases of ours that lead to no menu of this release.
func (s *Syncer) cleanAliases(ctx context.Context, ids, aliases map[string]string) error {
	for _, alias := range sortedKeys(aliases) {
		key, ours := strings.CutPrefix(alias, aliasPrefix)
		if _, wanted := ids[key]; !ours || wanted {
			continue
		}
		s.Say("片づけます / delete: " + alias)
		if s.Dry {
			continue
		}
		if err := s.LINE.DropMenuAlias(ctx, alias); err != nil {
			return err
		}
	}
	return nil
}

// move asks LINE to give everybody the successor of their menu, and waits for it a while.
func (s *Syncer) move(ctx context.Context, heirs map[string]string) (bool, error) {
	s.Say(fmt.Sprintf("選んでいた人を新しいメニューへ移します / move those who chose: %d", len(heirs)))
	request, err := s.LINE.ReplaceMenus(ctx, heirs)
	var e *line.Error
	if errors.As(err, &e) && e.Kind == line.KindRate { // three times an hour: the old ones can wait
		return false, nil
	}
	if err != nil {
		return false, err
	}
	wait := s.Wait
	if wait == nil {
		wait = func(d time.Duration) {
			select {
			case <-ctx.Done():
			case <-time.After(d):
			}
		}
	}
	for range askings {
		if done, err := s.LINE.Replaced(ctx, request); err != nil || done {
			return done, err
		}
		wait(askEvery)
	}
	return false, nil
}

func values(m map[string]string) (out []string) {
	for _, v := range m {
		out = append(out, v)
	}
	return out
}

func sortedKeys(m map[string]string) (out []string) {
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

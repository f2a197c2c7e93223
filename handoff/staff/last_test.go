package staff

import (
	"errors"
	"sync"
	"testing"
)

// TestTwoAdministratorsWhoTakeItFromEachOtherLeaveOne lets two act on each other at
// the same moment, by taking the role away or by locking.
func TestTwoAdministratorsWhoTakeItFromEachOtherLeaveOne(t *testing.T) {
	for name, act := range map[string]func(w *office, by, on string) error{
		"role": func(w *office, by, on string) error {
			a, err := w.store.Find(t.Context(), on)
			if err != nil {
				return err
			}
			a.Roles = []Role{Auditor}
			return w.store.As(by).Edit(t.Context(), a)
		},
		"lock": func(w *office, by, on string) error { return w.store.As(by).Disable(t.Context(), on) },
	} {
		for range 5 {
			w := newOffice(t)
			for _, n := range []string{"ume", "momo"} {
				if _, err := w.store.Add(t.Context(), Account{Name: n, Alias: n, Roles: []Role{Administrator}}, ""); err != nil {
					t.Fatal(err)
				}
			}
			var both sync.WaitGroup
			var errs [2]error
			both.Go(func() { errs[0] = act(w, "ume", "momo") })
			both.Go(func() { errs[1] = act(w, "momo", "ume") })
			both.Wait()
			if refused := errors.Join(errs[:]...); !errors.Is(refused, ErrLast) || errs[0] != nil && errs[1] != nil {
				t.Errorf("%s: %v; want one done and one refused", name, errs)
			}
			left := 0
			all, err := w.store.List(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range all {
				if a.Is(Administrator) && !a.Disabled {
					left++
				}
			}
			if left != 1 {
				t.Errorf("%s: %d administrators left, want one", name, left)
			}
			last := "ume"
			if errs[0] != nil {
				last = "momo"
			}
			if err := w.store.Disable(t.Context(), last); err != nil { // the command line
				t.Errorf("%s: the command line locks %s: %v", name, last, err)
			}
		}
	}
}

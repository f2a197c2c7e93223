package people

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"engawa/flows"
)

// openers are how many states are opened side by side for a count.
const openers = 16

// Standing counts the people who stand in each scene, of all whose state is kept. It
// opens every state and keeps nothing of it but the place.
func (s *Store) Standing(ctx context.Context) (map[flows.SceneKey]int, error) {
	heads := map[flows.SceneKey]int{}
	err := s.each(ctx, "-inf", "+inf", func(ids []flows.PersonID) error {
		at, errs := make([]flows.SceneKey, len(ids)), make([]error, openers)
		var all sync.WaitGroup
		for n := range openers {
			all.Go(func() {
				for i := n; i < len(ids) && errs[n] == nil; i += openers {
					p, err := s.Get(ctx, ids[i])
					if at[i] = p.State.Scene; !errors.Is(err, ErrNobody) { // gone meanwhile
						errs[n] = err
					}
				}
			})
		}
		all.Wait()
		for _, scene := range at {
			if scene != "" {
				heads[scene]++
			}
		}
		return errors.Join(errs...)
	})
	if err != nil {
		return nil, fmt.Errorf("people: standing: %w", err)
	}
	return heads, nil
}

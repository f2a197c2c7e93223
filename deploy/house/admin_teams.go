package house

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"engawa/handoff"
)

type coordinatorTeams struct {
	Name string   `arg:"" help:"名前 / name"`
	Team []string `help:"窓口か圏域の名前。くり返せます。なしにすると、どこにも入りません / a team or an area, may be repeated; none takes them out of all"`
}

// Run puts an account into teams and areas, beside what house.yaml says.
func (c coordinatorTeams) Run(ctx context.Context) error {
	return withHouse(ctx, func(h *house) error {
		if _, err := h.staff.Find(ctx, c.Name); err != nil {
			return err
		}
		err := h.desk.SetTeams(ctx, c.Name, c.Team)
		if errors.Is(err, handoff.ErrNoGroup) {
			return fmt.Errorf("house.yaml の「窓口」「圏域」にある名前を書いてください: %s / not a team or an area of house.yaml: %w",
				strings.Join(c.Team, "、"), err)
		}
		if err != nil {
			return err
		}
		teams, err := h.desk.TeamsOf(ctx, c.Name)
		if err != nil {
			return err
		}
		fmt.Printf("%s: %s\n", c.Name, strings.Join(teams, "、"))
		return h.thinAreas(ctx)
	})
}

// thinAreas warns of areas in which fewer than two people work: nobody there can
// be ill or on holiday.
func (h *house) thinAreas(ctx context.Context) error {
	names, err := h.answering(ctx)
	if err != nil {
		return err
	}
	members, err := h.desk.Members(ctx, names)
	if err != nil {
		return err
	}
	for _, a := range h.houseNow().Areas {
		if n := len(members[a.Name]); n < 2 {
			fmt.Printf("気をつけるところ: 圏域「%s」には %d 人です。二人以上にしてください / area %s has %d: two or more are needed\n", a.Name, n, a.Name, n)
		}
	}
	return nil
}

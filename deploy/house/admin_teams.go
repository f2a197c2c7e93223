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
	thin, err := h.thin(ctx)
	for _, a := range thin {
		fmt.Printf("気をつけるところ: 圏域「%s」には %d 人です。二人以上にしてください / area %s has %d: two or more are needed\n", a.name, a.people, a.name, a.people)
	}
	return err
}

type thinArea struct {
	name   string
	people int
}

func (h *house) thin(ctx context.Context) (all []thinArea, err error) {
	names, err := h.answering(ctx)
	if err != nil {
		return nil, err
	}
	members, err := h.desk.Members(ctx, names)
	if err != nil {
		return nil, err
	}
	for _, a := range h.shifts.InForce().Areas {
		if n := len(members[a.Name]); n < 2 {
			all = append(all, thinArea{a.Name, n})
		}
	}
	return all, nil
}

// areas looks whether two people or more stand in each.
func (e *examination) areas(ctx context.Context) {
	thin, err := e.thin(ctx)
	var names []string
	for _, a := range thin {
		names = append(names, fmt.Sprintf("%s(%d人)", a.name, a.people))
	}
	list := strings.Join(names, "、")
	e.either("areas", err == nil && len(thin) == 0, "どの圏域にも、二人以上が立っています", "two or more stand in every area",
		"立つ人が二人に足りない圏域があります: "+list+"。画面の「窓口と圏域」か、house.yaml で足せます", "fewer than two stand in: "+list)
}

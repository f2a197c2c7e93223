package flows

import "time"

// AreaLevel says how wide an area is.
type AreaLevel int

// The levels, from the door next to one's own to beyond the town.
const (
	AreaNear   AreaLevel = iota + 1 // 近所
	AreaMiddle                      // 中間
	AreaCity                        // 市区
	AreaWide                        // 広域
)

// Area is a stretch of the town, or more than it, and who works there.
type Area struct {
	Name   string
	Level  AreaLevel
	Teams  []string // whose people may work there too
	People []string // names of accounts
}

// Team is what the house knows of one 窓口 beyond its name: whoever asks for a human
// about one of its topics is its, and its hours are what they are told.
type Team struct {
	Topics []string
	People []string                // account names
	Hours  map[time.Weekday][]Span // nil = those of the house
}

// TeamFor is the team that a topic belongs to; "" = whoever reads.
func (h *House) TeamFor(topic string) string {
	for _, name := range h.Teams {
		for _, t := range h.About[name].Topics {
			if t == topic && topic != "" {
				return name
			}
		}
	}
	return ""
}

// Of gives the house as it is open for one team: itself, where the team keeps the
// hours of the house.
func (h *House) Of(team string) *House {
	about := h.About[team]
	if about.Hours == nil {
		return h
	}
	out := *h
	out.Hours = about.Hours
	return &out
}

// TeamReads says when a team that keeps hours of its own is there, as [View] says it
// of the house.
type TeamReads struct {
	Team   string
	Topics []string
	Open   bool
	Next   time.Time
}

// heedTeam lets what is told of who reads when be about the team that will have the
// talk: the one that is named, else the one of the topic. Danger is for the whole house.
func (t *turn) heedTeam(team, topic string) {
	for _, r := range t.v.Teams {
		own := team != "" && r.Team == team
		for _, of := range r.Topics {
			own = own || team == "" && topic != "" && of == topic
		}
		if own {
			t.v.Open, t.v.NextOpen = r.Open, r.Next
			t.heed()
			return
		}
	}
}

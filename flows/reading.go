package flows

import "sort"

// merge reads a burst of texts as one: the greatest danger, the last way out,
// the last choice, every entrance that was named. Small talk is small talk only
// if all of it is.
func merge(rs []Reading) (Reading, []FlowID) {
	if len(rs) == 0 {
		return Reading{}, nil
	}
	if len(rs) == 1 {
		return rs[0], nil
	}
	out := Reading{Talk: true}
	var sure []Scored
	for i := range rs {
		r := &rs[i]
		raise(&out, r)
		if r.Exit != NoExit {
			out.Exit = r.Exit
			out.Lang = r.Lang
		}
		if r.Lang != "" && out.Exit != ExLang {
			out.Lang = r.Lang
		}
		if r.Choice > 0 {
			out.Choice = r.Choice
		}
		out.Topics = union(out.Topics, r.Topics)
		if r.Sure && len(r.Topics) > 0 {
			sure = union(sure, r.Topics[:1])
		}
		out.Talk = out.Talk && r.Talk
		out.Harsh = out.Harsh || r.Harsh
	}
	sort.SliceStable(out.Topics, func(i, j int) bool { return out.Topics[i].Score > out.Topics[j].Score })
	if len(sure) == 0 {
		return out, nil
	}
	// What was sure alone is sure in company: the first is answered, the others stay in sight.
	out.Sure = true
	out.Topics = union(sure[:1:1], out.Topics)
	var also []FlowID
	for _, s := range sure[1:] {
		also = append(also, s.Flow)
	}
	return out, also
}

func raise(out, r *Reading) {
	if r.Level.Weight() > out.Level.Weight() || r.Level.Weight() == out.Level.Weight() && r.Urgency.Weight() > out.Urgency.Weight() {
		out.Urgency, out.Level = r.Urgency, r.Level
	}
	for _, rule := range r.Rules {
		known := false
		for _, have := range out.Rules {
			known = known || have == rule
		}
		if !known {
			out.Rules = append(out.Rules, rule)
		}
	}
}

// union appends what is new and keeps the better score of what is not.
func union(a, b []Scored) []Scored {
next:
	for _, s := range b {
		for i := range a {
			if a[i].Flow == s.Flow {
				a[i].Score = max(a[i].Score, s.Score)
				continue next
			}
		}
		a = append(a, s)
	}
	return a
}

// Weight orders how clear a danger is: a reading is only ever raised.
func (l Level) Weight() int {
	switch l {
	case Clear:
		return 2
	case Worry:
		return 1
	}
	return 0
}

// Weight orders the kinds of danger where two are equally clear.
func (u Urgency) Weight() int {
	switch u {
	case Life:
		return 3
	case Medical:
		return 2
	case Violence:
		return 1
	}
	return 0
}

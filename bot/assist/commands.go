package assist

import (
	"slices"

	"engawa/flows"
)

// do is one word of the grammar that a model may answer in.
type do string

const (
	doRoute   do = "route"   // this entrance is meant
	doChoose  do = "choose"  // this choice on the screen is meant
	doClarify do = "clarify" // one of these entrances, ask
	doHuman   do = "human"   // a human is wanted
	doCrisis  do = "crisis"  // somebody is in danger
	doStop    do = "stop"    // no more messages are wanted
	doNone    do = "none"
)

// mostCommands in one answer.
const mostCommands = 3

// Commands is an answer that was judged legal for its [Question]. It can only be
// made by [Assist.Read]; the zero value says nothing.
type Commands struct{ list []command }

type command struct {
	do     do
	ids    []flows.FlowID // route: one; clarify: up to three
	n      int            // choose
	level  flows.Level    // crisis
	danger flows.Urgency  // crisis
}

// Kinds names the commands, for the journal; no words, no ids.
func (c Commands) Kinds() []string {
	out := make([]string, len(c.list))
	for i, x := range c.list {
		out[i] = string(x.do)
	}
	return out
}

func (c Commands) find(d do) *command {
	for i := range c.list {
		if c.list[i].do == d {
			return &c.list[i]
		}
	}
	return nil
}

// decode takes an answer that is legal in every part, or none of it.
func decode(q Question, answer string) (Commands, error) {
	o, err := parse(answer)
	if err != nil || !o.only("commands") {
		return Commands{}, errShape
	}
	list, ok := o.list("commands", mostCommands)
	if !ok || len(list) == 0 {
		return Commands{}, errShape
	}
	var out Commands
	for _, x := range list {
		c, ok := decodeOne(q, x)
		if !ok || out.find(c.do) != nil {
			return Commands{}, errShape
		}
		out.list = append(out.list, c)
	}
	if out.find(doNone) != nil {
		if len(out.list) > 1 {
			return Commands{}, errShape
		}
		return Commands{}, nil
	}
	return out, nil
}

func decodeOne(q Question, o object) (command, bool) {
	c := command{do: do(o.text("do"))}
	if !slices.Contains(q.legal(), c.do) {
		return c, false
	}
	switch c.do {
	case doRoute:
		c.ids = []flows.FlowID{flows.FlowID(o.text("id"))}
		return c, o.only("do", "id") && q.knows(c.ids)
	case doClarify:
		ids, ok := o.texts("ids", 3)
		for _, id := range ids {
			if slices.Contains(c.ids, flows.FlowID(id)) {
				return c, false
			}
			c.ids = append(c.ids, flows.FlowID(id))
		}
		return c, ok && o.only("do", "ids") && len(ids) > 0 && q.knows(c.ids)
	case doChoose:
		var ok bool
		c.n, ok = whole(o["n"])
		return c, ok && o.only("do", "n") && slices.Contains(q.Choices, c.n)
	case doCrisis:
		c.level, c.danger = flows.Level(o.text("level")), flows.Urgency(o.text("danger"))
		return c, o.only("do", "level", "danger") && c.level.Weight() > 0 && c.danger.Weight() > 0
	}
	return c, o.only("do")
}

// Rule ids under which a model's part shows in a Reading.
const rulePrefix = "assist."

// Merge adds what a model said to what the local rules found. It can only raise
// caution: danger and the wish for a human are OR-ed, no level is lowered, what
// the rules were sure of stays, and the rest is a guess that is asked about, in
// the reach of the person's own taps.
func Merge(local flows.Reading, c Commands) flows.Reading {
	out := local
	out.Rules, out.Topics = slices.Clone(local.Rules), slices.Clone(local.Topics)
	if x := c.find(doCrisis); x != nil && (x.level.Weight() > out.Level.Weight() || x.level.Weight() == out.Level.Weight() && x.danger.Weight() > out.Urgency.Weight()) {
		out.Level, out.Urgency = x.level, x.danger
		out.Rules = append(out.Rules, rulePrefix+string(x.danger)+"."+string(x.level))
	}
	if !Unsure(local) {
		return out
	}
	switch {
	case c.find(doHuman) != nil:
		out.Exit = flows.ExHuman
		out.Rules = append(out.Rules, rulePrefix+string(doHuman))
	case c.find(doStop) != nil:
		out.Exit = flows.ExStop
		out.Rules = append(out.Rules, rulePrefix+string(doStop))
	case c.find(doChoose) != nil:
		out.Choice = c.find(doChoose).n
		out.Rules = append(out.Rules, rulePrefix+string(doChoose))
	default:
		guess(&out, c)
	}
	return out
}

// guess puts the model's entrances before the local ones. It never makes sure what
// was not: the person is asked, and decides with a tap.
func guess(out *flows.Reading, c Commands) {
	var ids []flows.FlowID
	for _, d := range []do{doRoute, doClarify} {
		if x := c.find(d); x != nil {
			ids = append(ids, x.ids...)
			out.Rules = append(out.Rules, rulePrefix+string(d))
		}
	}
	if len(ids) == 0 {
		return
	}
	best := 0
	for _, t := range out.Topics {
		best = max(best, t.Score)
	}
	score := min(1000, max(best, 500)+len(ids))
	var first []flows.Scored
	for i, id := range ids {
		s := flows.Scored{Flow: id, Score: score - i}
		for _, t := range out.Topics {
			if t.Flow == id {
				s.Topic = t.Topic
			}
		}
		if !slices.ContainsFunc(first, func(f flows.Scored) bool { return f.Flow == id }) {
			first = append(first, s)
		}
	}
	rest := slices.DeleteFunc(out.Topics, func(t flows.Scored) bool {
		return slices.ContainsFunc(first, func(f flows.Scored) bool { return f.Flow == t.Flow })
	})
	out.Topics = append(first, rest...)
}

// Unsure says whether a second reading could help: the rules found no way out, no
// choice, no small talk, no danger, and no entrance that may be taken without asking.
func Unsure(r flows.Reading) bool {
	return r.Level == flows.NoLevel && r.Exit == flows.NoExit && r.Choice == 0 && !r.Talk && !(r.Sure && len(r.Topics) > 0)
}

// Reason tells a coordinator in words why a case was opened or raised, for the
// rule ids that [Merge] adds; "" for all others.
func Reason(rule string) string {
	switch rule {
	case rulePrefix + "life.clear", rulePrefix + "life.worry":
		return "言語モデルが、いのちにかかわる話かもしれないと読みました。決まりの言葉では見つかっていません。"
	case rulePrefix + "violence.clear", rulePrefix + "violence.worry":
		return "言語モデルが、暴力の話かもしれないと読みました。決まりの言葉では見つかっていません。"
	case rulePrefix + "medical.clear", rulePrefix + "medical.worry":
		return "言語モデルが、からだの急な話かもしれないと読みました。決まりの言葉では見つかっていません。"
	case rulePrefix + string(doHuman):
		return "言語モデルが、人と話したいのだと読みました。"
	}
	return ""
}

// Package prove holds a bundle against the promises of the house before it may
// reach anybody: lint of every sentence in every language, and a model check that
// drives the real Step.
//
// [Check] walks everything that can happen to a talk, scene by scene, mode by
// mode, with and without consent, calm and in danger, with time-outs running, in
// hours and at night. States that Step cannot tell apart are one class and one of
// them stands for all; what lies behind that is said in class.go and held by a
// random test. The walk goes breadth first, so whatever breaks a promise is told
// with the shortest way there, in words: 「お金のこと」→「家賃」→….
//
//	class.go events.go explore.go hand.go   the walk: what is one class, what can happen, the search, its workers
//	watch.go crisis.go              promises about single steps: P1 P2 P6 P7 P8 P9 P10 P13
//	prover.go                       checking again at every save
//	notices.go                      promises under 「きょうは人がいません」 and in a disaster
//	ways.go                         promises about ways: P3 P4 P5 P11 P12
//	limits.go labels.go             LINE's limits and buttons, in every language
//	said.go tone.go easy.go tongues.go lines.go cards.go sayings.go   lint of the words
//	map.go draw.go                  the flow map as SVG
//	tell.go                         findings for people and for tools
package prove

import (
	"context"
	"runtime"
	"sort"
	"strings"
	"time"

	"engawa/flows"
	"engawa/flows/understand"
)

// Severity says whether a finding holds a release back.
type Severity string

// The two severities.
const (
	Error   Severity = "error"   // the release is refused
	Warning Severity = "warning" // told, and left to a person
)

// Finding is one thing to put right.
type Finding struct {
	Property string     `json:"property"` // P1 … P13, or the name of a lint
	Severity Severity   `json:"severity"`
	File     string     `json:"file"` // "flows/okane.yaml"
	Key      string     `json:"key"`  // "okane/家賃/ことば/1"
	Lang     flows.Lang `json:"lang,omitempty"`
	Why      string     `json:"why"`            // in Japanese
	Fix      string     `json:"fix,omitempty"`  // what would put it right
	Path     []string   `json:"path,omitempty"` // the shortest way there, one deed each

	from flows.FlowID // with a path: the flow whose walk found it, "" = the root's
}

// Options say under which circumstances a bundle is checked. The zero value
// checks everything at the bundle's own date.
type Options struct {
	Date    time.Time // shelf lives are held against this day; zero = the day on which a card was last verified
	Banned  []string  // words that the house does not use, beside those that no house uses
	Workers int       // 0 = as many as there are processors

	until func(*Finding) bool // the check may end where this has been found; nil = it goes on to its end
}

// Property is one promise and how it fared.
type Property struct {
	ID      string `json:"id"`
	Says    string `json:"says"`    // in Japanese
	Checked int    `json:"checked"` // how often it was held against something
	Broken  int    `json:"broken"`  // findings
}

// Report tells what was looked at.
type Report struct {
	Bundle     string     `json:"bundle"`
	Date       time.Time  `json:"date"`
	Scenes     int        `json:"scenes"`
	Classes    int        `json:"classes"` // of states
	Steps      int        `json:"steps"`   // taken with the real Step
	Sentences  int        `json:"sentences"`
	Screens    int        `json:"screens"` // distinct screens measured, over all languages
	Properties []Property `json:"properties"`
	Unverified []string   `json:"unverified"` // cards that nobody verified yet: shown only in demo and preview
	Whole      bool       `json:"whole"`      // false when ctx ended before all was looked at
}

// Check holds the bundle against every promise. It stops early, with
// Report.Whole false and an error among the findings, when ctx ends.
func Check(ctx context.Context, b *flows.Bundle, opt Options) ([]Finding, Report) {
	return new(Prover).Check(ctx, b, opt)
}

// Errors are the findings that refuse the release.
func Errors(all []Finding) []Finding {
	var out []Finding
	for _, f := range all {
		if f.Severity == Error {
			out = append(out, f)
		}
	}
	return out
}

// checker holds one check.
type checker struct {
	b      *flows.Bundle // as it is
	bones  *flows.Bundle // the same with scenes' words replaced by their names: see skeleton
	opt    Options
	banned string // opt.Banned as one text
	memory *memory
	known  *known                                 // of an earlier check, nil = nothing
	around map[flows.FlowID]map[flows.FlowID]bool // each flow with those it leads into
	ground bool                                   // what stands on every screen has not changed since known
	walks  map[flows.FlowID]bool                  // flows that are walked scene by scene; nil = all
	reader *understand.Reader
	date   time.Time
	day    flows.View // somebody reads
	night  flows.View // nobody does; the same as day where somebody always reads
	board  shelfViews // the board, at hours that matter to it
	desks  deskViews  // the board, as its members see it
	always bool       // somebody always reads

	notices  noticeViews    // the same day under each kind of notice
	disaster flows.SceneKey // the entrance that leads the menu in a disaster

	all     []Finding
	seen    map[string]int // dedupes findings
	checked map[string]int
	report  Report

	entries []crossing // deeds that lead from one flow into another
	entered map[crossingKey]bool
	facts   map[flows.FlowID][]string // memory that a もし of the flow reads
	doors   map[flows.FlowID]bool     // entrances whose first answer is full: see full
	seenBy  map[flows.FlowID]sights   // what was met on the walk through each flow
	screens map[string]bool
	kinds   map[flows.SceneKey]flows.SceneKey
	classes map[class]*node // what the walk found: the first of each
	enough  bool            // what the options waited for was found
	samples []sample
	again   []sample // screens of the root that an earlier check has seen
}

func newChecker(b *flows.Bundle, opt Options) *checker {
	c := &checker{b: b, bones: skeleton(b), opt: opt, seen: map[string]int{}, checked: map[string]int{}, memory: newMemory(), around: map[flows.FlowID]map[flows.FlowID]bool{}, banned: strings.Join(opt.Banned, "\x00"),
		facts: factsOf(b), seenBy: map[flows.FlowID]sights{}, entered: map[crossingKey]bool{}, screens: map[string]bool{}}
	c.kinds = make(map[flows.SceneKey]flows.SceneKey, len(b.Scenes))
	for key, sc := range c.bones.Scenes {
		c.kinds[key] = c.kindOf(sc)
	}
	if c.opt.Workers <= 0 {
		c.opt.Workers = runtime.GOMAXPROCS(0)
	}
	c.date = opt.Date
	if c.date.IsZero() {
		c.date = ownDate(b)
	}
	c.clocks()
	c.doors = map[flows.FlowID]bool{}
	for id, f := range b.Flows {
		c.doors[id] = f != nil && c.full(f.Start)
	}
	c.report = Report{Bundle: b.Hash, Date: c.date, Scenes: len(b.Scenes)}
	return c
}

// walked tells whether a flow is among those that are walked scene by scene.
func (c *checker) walked(id flows.FlowID) bool { return c.walks == nil || c.walks[id] }

// touched tells whether a flow, or one that it leads into, is walked.
func (c *checker) touched(id flows.FlowID) bool {
	for to := range c.around[id] {
		if c.walked(to) {
			return true
		}
	}
	return c.walks == nil
}

// ownDate is the day on which somebody last verified a card: what was fresh then is fresh.
func ownDate(b *flows.Bundle) time.Time {
	var last time.Time
	for _, card := range b.Cards {
		if card != nil && card.Verified.After(last) {
			last = card.Verified
		}
	}
	if last.IsZero() {
		return time.Date(2026, time.January, 5, 0, 0, 0, 0, zoneOf(b))
	}
	return last
}

func zoneOf(b *flows.Bundle) *time.Location {
	if b.House.Zone != nil {
		return b.House.Zone
	}
	return time.UTC
}

// clocks finds a moment when somebody reads and one when nobody does.
func (c *checker) clocks() {
	zone := zoneOf(c.b)
	y, m, d := c.date.In(zone).Date()
	see := func(at time.Time) flows.View {
		open, next := c.b.House.OpenAt(at)
		if open {
			next = time.Time{}
		}
		return flows.View{Now: at, Open: open, NextOpen: next, Night: c.b.House.Night, Friend: true, Records: c.b.House.Records}
	}
	c.always = true
	for day := 0; day < 370 && (!c.day.Open || c.always); day++ {
		for _, hour := range []int{10, 13, 15, 18} {
			if v := see(time.Date(y, m, d+day, hour, 0, 0, 0, zone)); v.Open && !c.day.Open {
				c.day = v
			}
		}
		if v := see(time.Date(y, m, d+day, 2, 10, 0, 0, zone)); !v.Open && c.always {
			c.night, c.always = v, false
		}
	}
	if !c.day.Open { // nobody ever reads in daytime: told by lint; the walk goes on at noon
		c.day = see(time.Date(y, m, d, 12, 0, 0, 0, zone))
	}
	if c.always {
		c.night = c.day
	}
	c.board = c.shelfAt(see)
	c.desks = c.membersAt()
	c.notices, c.disaster = c.noticeViews(), disasterDoor(c.b)
}

// find notes a finding, once: the first one has the shortest path.
func (c *checker) find(f Finding) {
	id := f.Property + "\x00" + f.Key + "\x00" + string(f.Lang) + "\x00" + f.Why
	if _, known := c.seen[id]; known {
		return
	}
	c.seen[id] = len(c.all)
	if f.File == "" {
		f.File = fileOf(f.Key, f.Lang)
	}
	c.all = append(c.all, f)
	c.enough = c.enough || c.opt.until != nil && c.opt.until(&f)
}

// held counts that a property was held against something.
func (c *checker) held(property string) { c.checked[property]++ }

// found sorts what was found: errors first, then by file and key.
func (c *checker) found() []Finding {
	broken := map[string]int{}
	for _, f := range c.all {
		broken[f.Property]++
	}
	for _, p := range properties {
		p.Checked, p.Broken = c.checked[p.ID], broken[p.ID]
		c.report.Properties = append(c.report.Properties, p)
	}
	c.report.Screens = len(c.screens)
	sort.SliceStable(c.all, func(i, j int) bool {
		a, b := c.all[i], c.all[j]
		if a.Severity != b.Severity {
			return a.Severity == Error
		}
		if a.File != b.File {
			return a.File < b.File
		}
		if a.Key != b.Key {
			return a.Key < b.Key
		}
		return a.Property < b.Property
	})
	return c.all
}

// properties are the promises in the order in which they are told.
var properties = []Property{
	{ID: "P1", Says: "どこからでも、ひと押し・ひとことで人につながる"},
	{ID: "P2", Says: "どこからでも「もう送らないで」がその場で効く"},
	{ID: "P3", Says: "行き止まりがない(カード・人・おわりのどれかに着く)"},
	{ID: "P4", Says: "何もしないのに回りつづけることがない(16歩まで)"},
	{ID: "P5", Says: "どの場面にも、入口から行ける"},
	{ID: "P6", Says: "助けを求めることばには、同じ一歩のいちばん先に答える"},
	{ID: "P7", Says: "人が受けもつあいだ、機械は4つのことしか言わない"},
	{ID: "P8", Says: "こちらから始める声かけは、押してもらった一度だけ、昼の時間だけ"},
	{ID: "P9", Says: "どこからでも「消す」で何も残らない"},
	{ID: "P10", Says: "時間がたって起きることには、かならず行き先がある"},
	{ID: "P11", Says: "入口から3回押すまでに、カードか人に着く"},
	{ID: "P12", Says: "カードか人を出す前に、その人のことを聞かない"},
	{ID: "P13", Says: "機械の読みちがいや時間切れでも、行ける先は変わらない"},
	{ID: "notice", Says: "人がいない日と災害のときは、待つ前にそう言い、人への道はそのまま"},
	{ID: "screen", Says: "どの画面も、どのことばでも、LINEの決まりにおさまる"},
	{ID: "label", Says: "ひとつの画面に同じボタンが2つない"},
	{ID: "text", Says: "文の長さが、LINEと読む人におさまる"},
	{ID: "tone", Says: "使わないと決めたことば・責めることば・約束しすぎることばがない"},
	{ID: "easy", Says: "やさしい日本語の決まりを守っている"},
	{ID: "tongue", Says: "どのことばでも、番号とあとから入ることばがそろっている"},
	{ID: "line", Says: "決まったことばに、足りないもの・使われないものがない"},
	{ID: "house", Says: "時間・当番・窓口の決まりに無理がない"},
	{ID: "card", Says: "カードが古くなく、なくなったときの代わりがある"},
	{ID: "route", Says: "どの流れにも、名前を言わずに行ける先か、人がある"},
	{ID: "saying", Says: "入口の言い方が足りていて、ほかの入口とまぎれない"},
	{ID: "typed", Says: "ボタンのことばは、書いても同じに読まれる"},
}

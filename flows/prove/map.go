package prove

import (
	"sort"

	"engawa/flows"
)

// kindOfBox says what a box of the map is.
type kindOfBox int

const (
	boxDoor kindOfBox = iota
	boxScene
	boxCard
	boxHuman
	boxEnd
)

// box is one thing on the map: a door, a scene, a card, a human, the end.
type box struct {
	kind   kindOfBox
	name   string // what stands in it
	small  string // the line below
	goes   string // the scene that stands behind it, "" none
	key    string // of the findings about it
	layer  int
	row    float64
	errors []string
	warns  []string
	x, y   int
}

type edge struct {
	from, to *box
	label    string
	dashed   bool // もし, あとで: a way that is not a button
}

// band is one flow of the map.
type band struct {
	title string
	boxes []*box
	edges []edge
	layer [][]*box
	top   int
	deep  int // rows
}

// Map draws the flows of a bundle: doors at the left, scenes in the order in which
// people reach them, and at the right what they lead to, cards, humans and the
// end. What is wrong is marked with a colour, a shape and a word.
func Map(b *flows.Bundle, findings []Finding) []byte {
	m := newMapper(b, findings)
	var bands []*band
	for _, id := range b.Order {
		if f := b.Flows[id]; f != nil {
			bands = append(bands, m.band(f))
		}
	}
	return draw(b, bands, findings)
}

// MapFlow draws one flow alone; nil if there is none of that name.
func MapFlow(b *flows.Bundle, findings []Finding, id string) []byte {
	f := b.Flows[flows.FlowID(id)]
	if f == nil {
		return nil
	}
	return draw(b, []*band{newMapper(b, findings).band(f)}, findings)
}

type mapper struct {
	b     *flows.Bundle
	wrong map[string][]Finding
}

func newMapper(b *flows.Bundle, findings []Finding) *mapper {
	m := &mapper{b: b, wrong: map[string][]Finding{}}
	for _, f := range findings {
		m.wrong[ownerOf(f.Key)] = append(m.wrong[ownerOf(f.Key)], f)
	}
	return m
}

// ownerOf finds the box of a finding: okane/家賃/ことば/1 belongs to okane/家賃.
func ownerOf(key string) string {
	slash := 0
	for i, r := range key {
		if r != '/' {
			continue
		}
		if slash++; slash == 2 {
			return key[:i]
		}
	}
	return key
}

func (m *mapper) band(f *flows.Flow) *band {
	bd := &band{title: f.Title[flows.Ja]}
	at := map[string]*box{}
	put := func(id string, bx box) *box {
		if have := at[id]; have != nil {
			return have
		}
		bx.layer = -1
		m.mark(&bx)
		at[id] = &bx
		bd.boxes = append(bd.boxes, &bx)
		return &bx
	}
	door := put("door", box{kind: boxDoor, name: f.Title[flows.Ja], small: num(len(f.Sayings)) + "の言い方", goes: string(f.Start), key: string(f.ID) + "/入口"})
	for _, sc := range m.scenes(f) {
		put(string(sc.Key), box{kind: boxScene, name: sc.Name, small: m.gist(sc), goes: string(sc.Key), key: string(sc.Key)})
	}
	if start := at[string(f.Start)]; start != nil {
		bd.edges = append(bd.edges, edge{from: door, to: start})
	}
	for _, sc := range m.scenes(f) {
		m.ways(bd, sc, at[string(sc.Key)], put)
	}
	bd.lay(door)
	return bd
}

// mark writes what is wrong with a box into it.
func (m *mapper) mark(bx *box) {
	for _, f := range m.wrong[bx.key] {
		if f.Severity == Error {
			bx.errors = append(bx.errors, f.Why)
		} else {
			bx.warns = append(bx.warns, f.Why)
		}
	}
}

// scenes of a flow, the first one first.
func (m *mapper) scenes(f *flows.Flow) (out []*flows.Scene) {
	for _, key := range sortedKeys(m.b.Scenes) {
		if sc := m.b.Scenes[key]; sc != nil && sc.Flow == f.ID {
			out = append(out, sc)
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Key == f.Start && out[j].Key != f.Start })
	return out
}

// gist is the first sentence of a scene.
func (m *mapper) gist(sc *flows.Scene) string {
	if len(sc.Texts) == 0 {
		return ""
	}
	if all := sentencesOf(sc.Texts[0][flows.Ja]); len(all) > 0 {
		return all[0]
	}
	return ""
}

// ways draws where a scene leads.
func (m *mapper) ways(bd *band, sc *flows.Scene, from *box, put func(string, box) *box) {
	to := func(key flows.SceneKey) *box { return m.target(sc.Flow, key, put) }
	end := func() *box { return put("end", box{kind: boxEnd, name: "おわり"}) }
	for i := range sc.Choices {
		ch := &sc.Choices[i]
		switch {
		case ch.End:
			bd.edges = append(bd.edges, edge{from: from, to: end(), label: ch.Label[flows.Ja]})
		default:
			bd.edges = append(bd.edges, edge{from: from, to: to(ch.Next), label: ch.Label[flows.Ja]})
		}
		if ch.Later != nil {
			bd.edges = append(bd.edges, edge{from: from, to: to(ch.Later.Scene), label: num(ch.Later.Days) + "日後に一度", dashed: true})
		}
	}
	for _, br := range sc.If {
		bd.edges = append(bd.edges, edge{from: from, to: to(br.Next), label: br.Fact + "が" + br.Value, dashed: true})
	}
	if sc.Next != "" {
		bd.edges = append(bd.edges, edge{from: from, to: to(sc.Next), label: "つぎ"})
	}
	if sc.End {
		bd.edges = append(bd.edges, edge{from: from, to: end(), label: "つぎ"})
	}
	if sc.Write == flows.WriteHuman {
		bd.edges = append(bd.edges, edge{from: from, to: put("human reads", box{kind: boxHuman, name: "人が読む"}), label: "書いたら"})
	}
	if sc.Handoff != nil {
		small := ""
		if sc.Handoff.Urgent {
			small = "急ぎ"
		}
		bd.edges = append(bd.edges, edge{from: from, to: put("human "+sc.Handoff.Team+small, box{kind: boxHuman, name: sc.Handoff.Team, small: small}), label: "つなぐ"})
	}
	m.offers(bd, sc, from, put)
}

// offers draws the cards of a scene.
func (m *mapper) offers(bd *band, sc *flows.Scene, from *box, put func(string, box) *box) {
	for _, id := range sc.Cards {
		bx := box{kind: boxCard, name: string(id), key: "card/" + string(id)}
		if card := m.b.Cards[id]; card != nil {
			bx.name, bx.small = card.Title[flows.Ja], card.Hours[flows.Ja]
		}
		bd.edges = append(bd.edges, edge{from: from, to: put("card "+string(id), bx), label: "カード"})
	}
}

// target is the box that a way leads to: in this flow, in another, or nowhere.
func (m *mapper) target(here flows.FlowID, key flows.SceneKey, put func(string, box) *box) *box {
	target := m.b.Scenes[key]
	if target != nil && target.Flow == here {
		return put(string(key), box{})
	}
	if target == nil {
		return put("gone "+string(key), box{kind: boxEnd, name: "行き先がない", small: string(key), errors: []string{"行き先の場面がありません。"}})
	}
	title := string(target.Flow)
	if f := m.b.Flows[target.Flow]; f != nil {
		title = f.Title[flows.Ja]
	}
	return put("far "+string(key), box{kind: boxDoor, name: title + "へ", small: target.Name, goes: string(key)})
}

// lay gives every box its layer, by the shortest way from the door, and its row,
// near to what leads to it.
func (bd *band) lay(door *box) {
	out := map[*box][]edge{}
	in := map[*box][]*box{}
	for _, e := range bd.edges {
		out[e.from] = append(out[e.from], e)
		in[e.to] = append(in[e.to], e.from)
	}
	door.layer = 0
	queue := []*box{door}
	last := 1
	for len(queue) > 0 {
		bx := queue[0]
		queue = queue[1:]
		for _, e := range out[bx] {
			if e.to.layer < 0 && e.to.kind == boxScene {
				e.to.layer = bx.layer + 1
				last = max(last, e.to.layer)
				queue = append(queue, e.to)
			}
		}
	}
	for _, bx := range bd.boxes {
		switch {
		case bx.kind != boxScene && bx != door:
			bx.layer = last + 1
		case bx.layer < 0: // no way leads here
			bx.layer = 1
		}
	}
	bd.layer = make([][]*box, last+2)
	for _, bx := range bd.boxes {
		bd.layer[bx.layer] = append(bd.layer[bx.layer], bx)
	}
	bd.order(in)
}

// order sorts each layer by the mean row of what leads there: fewer lines cross.
func (bd *band) order(in map[*box][]*box) {
	for range 4 {
		for _, layer := range bd.layer {
			for i, bx := range layer {
				sum, n := 0.0, 0
				for _, from := range in[bx] {
					if from.layer < bx.layer {
						sum, n = sum+from.row, n+1
					}
				}
				if bx.row = float64(i); n > 0 {
					bx.row = sum / float64(n)
				}
			}
			sort.SliceStable(layer, func(i, j int) bool { return layer[i].row < layer[j].row })
			for i, bx := range layer {
				bx.row = float64(i)
			}
			bd.deep = max(bd.deep, len(layer))
		}
	}
}

package catalogue

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"engawa/flows"
)

// column is one column of the CSV: its names, and the way from an entry and back.
type column struct {
	ja, en string
	get    func(*Entry) string
	set    func(*Entry, string) error // "" empties
}

// cell is one field of a file, under its column.
type cell struct {
	col  *column
	text string
}

// origin is the column that tells a card of the content from a post.
const (
	origin     = "元"
	originCard = "ことば"
	originPost = "会"
)

// columns are all columns in the order of an export; languages other than Japanese
// have columns of their own beside them, as 「名前（en）」.
var columns = append([]*column{
	{origin, "origin", func(e *Entry) string {
		if e.Group == "" {
			return originCard
		}
		return originPost
	}, func(_ *Entry, s string) error { return oneOf(s, originCard, originPost) }},
	text("番号", "id", func(e *Entry) *string { return &e.ID }),
	text("会の番号", "group", func(e *Entry) *string { return &e.Group }),
	text("会", "host", func(e *Entry) *string { return &e.Host }),
	word("種類", "kind", func(e *Entry) *Kind { return &e.Kind }, kindWords),
	phrase("名前", "title", flows.Ja, func(e *Entry) *flows.Phrase { return &e.Title }),
	text("よみ", "reading", func(e *Entry) *string { return &e.Reading }),
	phrase("ひとこと", "lead", flows.Ja, func(e *Entry) *flows.Phrase { return &e.Lead }),
	{"日時", "times", func(e *Entry) string { return WriteTimes(e.Times) }, func(e *Entry, s string) (err error) {
		e.Times, err = ReadTimes(s)
		return err
	}},
	phrase("時間のことば", "hours", flows.Ja, func(e *Entry) *flows.Phrase { return &e.Hours }),
	phrase("場所", "place", flows.Ja, func(e *Entry) *flows.Phrase { return &e.Where.Place }),
	text("町", "town", func(e *Entry) *string { return &e.Where.Town }),
	text("圏域", "area", func(e *Entry) *string { return &e.Where.Area }),
	text("駅", "station", func(e *Entry) *string { return &e.Where.Station }),
	text("行き方", "way", func(e *Entry) *string { return &e.Where.Way }),
	{"緯度経度", "point", writePoint, readPoint},
	yes("聞いた人にだけ", "asked", func(e *Entry) *bool { return &e.Where.Asked }),
	text("オンライン", "online", func(e *Entry) *string { return &e.Where.Online }),
	phrase("着いたら", "arrive", flows.Ja, func(e *Entry) *flows.Phrase { return &e.Arrive }),
	list("気軽さ", "facts", func(e *Entry) *[]string { return &e.Facts }),
	text("手間", "effort", func(e *Entry) *string { return &e.Effort }),
	word("つながり", "tie", func(e *Entry) *Tie { return &e.Tie }, tieWords),
	list("だれのため", "for", func(e *Entry) *[]For { return &e.For }),
	list("しるし", "tags", func(e *Entry) *[]string { return &e.Tags }),
	text("電話", "phone", func(e *Entry) *string { return &e.Phone }),
	text("当日の連絡", "on_day", func(e *Entry) *string { return &e.OnDay }),
	text("ページ", "url", func(e *Entry) *string { return &e.URL }),
	{"定員", "capacity", writeCapacity, readCapacity},
	list("使えることば", "langs", func(e *Entry) *[]flows.Lang { return &e.Langs }),
	list("行きやすさ", "access", func(e *Entry) *[]string { return &e.Access }),
	text("絵", "picture", func(e *Entry) *string { return &e.Picture }),
	text("出どころ", "source", func(e *Entry) *string { return &e.Source }),
	moment("確かめた日", "verified", func(e *Entry) *time.Time { return &e.Verified }),
	text("確かめた人", "by", func(e *Entry) *string { return &e.By }),
	moment("期限", "expires", func(e *Entry) *time.Time { return &e.Expires }),
	text("かわり", "instead", func(e *Entry) *string { return &e.Instead }),
	yes("いつも出す", "always", func(e *Entry) *bool { return &e.Always }),
	word("状態", "state", func(e *Entry) *State { return &e.State }, stateWords),
	moment("変わった時", "changed", func(e *Entry) *time.Time { return &e.Changed }),
}, tongues()...)

func tongues() (all []*column) {
	for _, l := range flows.Langs[1:] {
		all = append(all,
			phrase("名前", "title", l, func(e *Entry) *flows.Phrase { return &e.Title }),
			phrase("ひとこと", "lead", l, func(e *Entry) *flows.Phrase { return &e.Lead }),
			phrase("時間のことば", "hours", l, func(e *Entry) *flows.Phrase { return &e.Hours }),
			phrase("場所", "place", l, func(e *Entry) *flows.Phrase { return &e.Where.Place }),
			phrase("着いたら", "arrive", l, func(e *Entry) *flows.Phrase { return &e.Arrive }))
	}
	return all
}

func columnOf(name string) *column {
	for _, c := range columns {
		if c.ja == name || c.en == name {
			return c
		}
	}
	return &column{ja: name}
}

// Words of closed lists, in pairs: as stored, as people say.
var (
	kindWords  = []string{"ibasho", "居場所", "event", "もよおし", "role", "やること", "service", "窓口", "contact", "連絡先"}
	tieWords   = []string{"peer", "同じ経験", "local", "近所", "pro", "専門"}
	stateWords = []string{"draft", "下書き", "waiting", "待っている", "published", "公開", "paused", "お休み", "cancelled", "中止", "recalled", "取り下げ"}
)

func oneOf(s string, words ...string) error {
	if s == "" {
		return nil
	}
	for _, w := range words {
		if s == w {
			return nil
		}
	}
	return errors.New(strings.Join(words, "・") + " のどれかです。")
}

func text(ja, en string, at func(*Entry) *string) *column {
	return &column{ja, en, func(e *Entry) string { return *at(e) }, func(e *Entry, s string) error { *at(e) = s; return nil }}
}

func word[T ~string](ja, en string, at func(*Entry) *T, pairs []string) *column {
	return &column{ja, en, func(e *Entry) string {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == string(*at(e)) {
				return pairs[i+1]
			}
		}
		return string(*at(e))
	}, func(e *Entry, s string) error {
		var said []string
		for i := 0; i < len(pairs); i += 2 {
			if said = append(said, pairs[i+1]); s == pairs[i] || s == pairs[i+1] {
				*at(e) = T(pairs[i])
				return nil
			}
		}
		*at(e) = ""
		return oneOf(s, said...)
	}}
}

// phrase is a text in one language; the map is copied, since entries share it.
func phrase(ja, en string, l flows.Lang, at func(*Entry) *flows.Phrase) *column {
	if l != flows.Ja {
		ja, en = ja+"（"+string(l)+"）", en+"_"+string(l)
	}
	return &column{ja, en, func(e *Entry) string { return (*at(e))[l] }, func(e *Entry, s string) error {
		p := flows.Phrase{}
		for k, v := range *at(e) {
			p[k] = v
		}
		p[l] = s
		if s == "" {
			delete(p, l)
		}
		if *at(e) = p; len(p) == 0 {
			*at(e) = nil
		}
		return nil
	}}
}

func yes(ja, en string, at func(*Entry) *bool) *column {
	return &column{ja, en, func(e *Entry) string {
		if *at(e) {
			return "はい"
		}
		return ""
	}, func(e *Entry, s string) error {
		switch strings.ToLower(s) {
		case "はい", "yes", "true", "1", "○":
			*at(e) = true
		case "", "いいえ", "no", "false", "0":
			*at(e) = false
		default:
			return errors.New("「はい」か、空けておきます。")
		}
		return nil
	}}
}

// list is several values in one cell with | between them; \| is a | of the text.
func list[T ~string](ja, en string, at func(*Entry) *[]T) *column {
	mask := strings.NewReplacer(`\`, `\\`, `|`, `\|`, `｜`, `\｜`)
	return &column{ja, en, func(e *Entry) string {
		var out []string
		for _, v := range *at(e) {
			out = append(out, mask.Replace(string(v)))
		}
		return strings.Join(out, " | ")
	}, func(e *Entry, s string) error {
		var out []T
		for _, v := range pieces(s) {
			out = append(out, T(v))
		}
		*at(e) = out
		return nil
	}}
}

// pieces are what stands between the bars.
func pieces(s string) (out []string) {
	var b strings.Builder
	flush := func() {
		if one := strings.TrimSpace(b.String()); one != "" {
			out = append(out, one)
		}
		b.Reset()
	}
	masked := false
	for _, r := range s {
		switch {
		case masked:
			b.WriteRune(r)
			masked = false
		case r == '\\':
			masked = true
		case r == '|' || r == '｜':
			flush()
		default:
			b.WriteRune(r)
		}
	}
	flush()
	return out
}

func moment(ja, en string, at func(*Entry) *time.Time) *column {
	return &column{ja, en, func(e *Entry) string {
		t := *at(e)
		switch {
		case t.IsZero():
			return ""
		case t.Equal(t.In(Tokyo).Truncate(time.Second)) && t.In(Tokyo).Format("15:04:05") == "00:00:00":
			return t.In(Tokyo).Format(dayForm)
		}
		return t.Format(time.RFC3339Nano)
	}, func(e *Entry, s string) error {
		t, err := time.ParseInLocation(dayForm, strings.ReplaceAll(s, "/", "-"), Tokyo)
		if err != nil {
			t, err = time.Parse(time.RFC3339Nano, s)
		}
		if err != nil && s != "" {
			return errors.New("2026-11-21 の形で書きます。")
		}
		*at(e) = t
		return nil
	}}
}

func writePoint(e *Entry) string {
	if e.Where.Point == nil {
		return ""
	}
	f := func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
	return f(e.Where.Point.Lat) + ", " + f(e.Where.Point.Lon)
}

func readPoint(e *Entry, s string) error {
	if e.Where.Point = nil; s == "" {
		return nil
	}
	lat, lon, _ := strings.Cut(s, ",")
	a, err1 := strconv.ParseFloat(strings.TrimSpace(lat), 64)
	o, err2 := strconv.ParseFloat(strings.TrimSpace(lon), 64)
	if err1 != nil || err2 != nil || a != a || o != o {
		return errors.New("35.68, 139.76 の形で、緯度、経度の順に書きます。")
	}
	e.Where.Point = &Point{Lat: a, Lon: o}
	return nil
}

func writeCapacity(e *Entry) string {
	if e.Capacity == 0 {
		return ""
	}
	return strconv.Itoa(e.Capacity)
}

func readCapacity(e *Entry, s string) (err error) {
	if e.Capacity = 0; s == "" {
		return nil
	}
	if e.Capacity, err = strconv.Atoi(strings.TrimSuffix(s, "人")); err != nil {
		return errors.New("人数を数字で書きます。")
	}
	return nil
}

package script

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"engawa/flows"

	yaml "go.yaml.in/yaml/v4"
)

var weekdays = map[string][]time.Weekday{
	"日": {time.Sunday}, "月": {time.Monday}, "火": {time.Tuesday}, "水": {time.Wednesday},
	"木": {time.Thursday}, "金": {time.Friday}, "土": {time.Saturday},
	"平日": {time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday},
	"毎日": {time.Sunday, time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday},
}

var weekdayWords = []string{"平日", "毎日", "月", "火", "水", "木", "金", "土", "日"}

var houseKeys = []string{"名前", "まち", "時間帯", "開いている時間", "休み", "夜の当番", "話す場所", "記録", "既読",
	"ここのことのページ", "連絡先のページ", "窓口", "窓口のこと", "メニュー", "禁句", "確かめ直し", "急ぎの窓口", "進めかた", "圏域", "近くを避ける", "公開", "部屋で話す", "会のようす"}

func (l *loader) readHouse(f *file, root *yaml.Node) {
	l.house = f
	h := &l.b.House
	fs := f.fields(root, "house.yaml", houseKeys...)
	need := func(key string) (entry, bool) {
		e, ok := fs[key]
		if !ok {
			f.fault(root, "missing", fmt.Sprintf("「%s」がありません。", key), key+": ")
		}
		return e, ok
	}
	if e, ok := need("名前"); ok {
		h.Name = f.text(e.value, "名前")
	}
	if e, ok := need("まち"); ok {
		h.City = f.text(e.value, "まち")
	}
	h.Zone = l.zone(f, fs)
	if e, ok := need("開いている時間"); ok {
		h.Hours, _ = f.week(e.value, "開いている時間")
	}
	if e, ok := fs["休み"]; ok {
		h.Closed = f.closedDays(e.value)
	}
	if e, ok := need("窓口"); ok {
		for _, it := range f.texts(e.value, "窓口") {
			h.Teams = append(h.Teams, it.text)
		}
	}
	if e, ok := need("メニュー"); ok {
		l.menu = f.ids(e.value, "メニュー")
	}
	l.readEars(f, fs)
	l.readManners(f, fs)
	l.readShelves(f, fs)
	l.readSteps(f, fs)
	l.readAreas(f, fs)
	l.readTeams(f, fs)
}

// readEars reads whom else a person in danger may ask, by card.
func (l *loader) readEars(f *file, fs map[string]entry) {
	e, ok := fs["急ぎの窓口"]
	if !ok {
		return
	}
	l.b.House.Urgent = map[flows.Urgency][]flows.CardID{}
	in := f.fields(e.value, "急ぎの窓口", dangerWords...)
	for _, word := range dangerWords {
		at, ok := in[word]
		if !ok {
			continue
		}
		for _, it := range f.ids(at.value, word) {
			id := flows.CardID(it.text)
			l.b.House.Urgent[dangers[word]] = append(l.b.House.Urgent[dangers[word]], id)
			l.refs = append(l.refs, reference{kind: "card", card: id, file: f, at: it.at})
		}
	}
}

// readManners reads how the house deals with people: nights, place, records, pages.
func (l *loader) readManners(f *file, fs map[string]entry) {
	h := &l.b.House
	if e, ok := fs["夜の当番"]; ok {
		h.Night = f.either(e.value, "夜の当番", "あり", "なし")
	}
	h.Place = "line"
	if e, ok := fs["話す場所"]; ok && !f.either(e.value, "話す場所", "line", "room") {
		h.Place = "room"
	}
	l.readRooms(f, fs)
	l.readSilence(f, fs)
	if e, ok := fs["記録"]; ok {
		h.Records = f.either(e.value, "記録", "残す", "消せる")
	}
	if e, ok := fs["既読"]; ok {
		h.ReadMark = f.either(e.value, "既読", "人が読んだとき", "自動")
	}
	if e, ok := fs["公開"]; ok {
		h.Two = f.either(e.value, "公開", "ふたり", "ひとり")
	}
	if e, ok := fs["ここのことのページ"]; ok {
		h.Privacy = f.url(e.value, "ここのことのページ")
	}
	if e, ok := fs["連絡先のページ"]; ok {
		h.Contacts = f.url(e.value, "連絡先のページ")
	}
	if e, ok := fs["禁句"]; ok {
		for _, it := range f.texts(e.value, "禁句") {
			h.Banned = append(h.Banned, it.text)
		}
	}
}

// readSilence reads after how many days a silent group is asked whether it goes on, and
// after how many more its posts rest. Without it nobody is asked.
func (l *loader) readSilence(f *file, fs map[string]entry) {
	e, ok := fs["会のようす"]
	if !ok {
		return
	}
	in := f.fields(e.value, "会のようす", "たずねる", "休む")
	for word, days := range map[string]*int{"たずねる": &l.b.House.GroupAsk, "休む": &l.b.House.GroupRest} {
		d, there := in[word]
		if !there {
			f.fault(e.value, "missing", "「会のようす」に「"+word+"」がありません。", word+": 30")
			continue
		}
		*days = f.count(d.value, word, 1, 730)
	}
}

// readShelves reads how many days a verification is good for.
func (l *loader) readShelves(f *file, fs map[string]entry) {
	e, ok := fs["確かめ直し"]
	if !ok {
		return
	}
	in := f.fields(e.value, "確かめ直し", "連絡先", "ほか")
	for word, kind := range map[string]string{"連絡先": "contact", "ほか": ""} {
		if d, ok := in[word]; ok {
			if n := f.count(d.value, word, 1, 730); n > 0 {
				l.keeps[kind] = n
			}
		}
	}
}

func (l *loader) zone(f *file, fs map[string]entry) *time.Location {
	name := "Asia/Tokyo"
	if e, ok := fs["時間帯"]; ok {
		name = f.text(e.value, "時間帯")
		if name != "Asia/Tokyo" {
			f.fault(e.value, "zone", "「時間帯」は Asia/Tokyo です。", f.instead(e.value, "Asia/Tokyo"))
		}
	}
	// Japan has no summer time: a fixed zone needs no data base on the machine.
	return time.FixedZone("Asia/Tokyo", 9*60*60)
}

// either reads one of two words; true is the first.
func (f *file) either(n *yaml.Node, what, first, second string) bool {
	v := f.text(n, what)
	switch v {
	case first:
		return true
	case second, "":
		return false
	}
	should := nearest(v, []string{first, second})
	if should != "" {
		should = f.instead(n, should)
	}
	f.fault(n, "word", fmt.Sprintf("「%s」には「%s」か「%s」を書きます。", what, first, second), should)
	return false
}

var webAddress = regexp.MustCompile(`^https://[!-~]+$`)

func (f *file) url(n *yaml.Node, what string) string {
	v := f.text(n, what)
	if v == "" || webAddress.MatchString(v) {
		return v
	}
	w := norm.NFKC.String(v)
	if strings.HasPrefix(w, "http://") {
		w = "https://" + strings.TrimPrefix(w, "http://")
	}
	should := ""
	if webAddress.MatchString(w) {
		should = f.instead(n, w)
	}
	f.fault(n, "url", fmt.Sprintf("「%s」には、半角の https:// で始まるページの住所を書きます。", what), should)
	return ""
}

// week reads 「平日: 9:00-17:00」「毎日: 24時間」; always tells 毎日, which holidays do not change.
func (f *file) week(n *yaml.Node, what string) (hours map[time.Weekday][]flows.Span, always bool) {
	hours = map[time.Weekday][]flows.Span{}
	fs := f.fields(n, what, weekdayWords...)
	for _, word := range weekdayWords {
		e, ok := fs[word]
		if !ok {
			continue
		}
		var spans []flows.Span
		for _, it := range f.texts(e.value, word) {
			if s, ok := f.span(it); ok {
				spans = append(spans, s)
			}
		}
		always = always || word == "毎日"
		for _, d := range weekdays[word] {
			hours[d] = spans
		}
	}
	return hours, always
}

var spanForm = regexp.MustCompile(`^([0-9]{1,2}):([0-5][0-9])-([0-9]{1,2}):([0-5][0-9])$`)

// span reads 9:00-17:00; 17:00-25:00 ends at one in the morning.
func (f *file) span(it item) (flows.Span, bool) {
	if it.text == "24時間" {
		return flows.Span{From: 0, To: 24 * 60}, true
	}
	parse := func(v string) (flows.Span, bool) {
		m := spanForm.FindStringSubmatch(v)
		if m == nil {
			return flows.Span{}, false
		}
		at := func(h, mm string) int {
			hh, _ := number(h)
			min, _ := number(mm)
			return hh*60 + min
		}
		s := flows.Span{From: at(m[1], m[2]), To: at(m[3], m[4])}
		return s, s.From < s.To && s.From < 24*60 && s.To <= 36*60
	}
	if s, ok := parse(it.text); ok {
		return s, true
	}
	w := strings.NewReplacer("〜", "-", "~", "-", "–", "-", "—", "-", "−", "-", "ー", "-", "から", "-", "まで", "", "時", ":00", " ", "").Replace(norm.NFKC.String(it.text))
	s, ok := parse(w)
	should := ""
	if ok {
		should = f.instead(it.at, w)
	}
	f.fault(it.at, "hours", "時間は、半角で 9:00-17:00 の形か「24時間」と書きます。夜中をまたぐときは 17:00-25:00 のように書きます。", should)
	return s, ok
}

// closedDays reads 「2026-12-29: 年末年始」.
func (f *file) closedDays(n *yaml.Node) map[string]string {
	out := map[string]string{}
	for _, e := range f.entries(n, "休み") {
		if d := f.date(e.at, "休み"); !d.IsZero() {
			out[d.Format(time.DateOnly)] = f.text(e.value, e.key)
		}
	}
	return out
}

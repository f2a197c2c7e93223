package script

import (
	"encoding/json"
	"fmt"
	"path"
	"strconv"
	"strings"
)

// FileKind is one kind of file of the folder: where it stands and how an editor checks it.
type FileKind struct {
	Name  string   // of the schema: flow
	Files []string // where such files stand: flows/*.yaml
	form  func() schema
}

// FileKinds lists every kind of file there is.
func FileKinds() []FileKind {
	return []FileKind{
		{"house", []string{"house.yaml"}, houseForm},
		{"menu", []string{"menu.yaml"}, menuForm},
		{"flow", []string{"flows/*.yaml"}, flowForm},
		{"card", []string{"cards/*.yaml"}, cardForm},
		{"lines", []string{"lines/*.yaml"}, linesForm},
		{"exits", []string{"words/exits.*.yaml"}, exitsForm},
		{"talk", []string{"words/talk.*.yaml"}, smallTalkForm},
		{"harsh", []string{"words/harsh.*.yaml"}, harshForm},
		{"langs", []string{"words/langs.yaml"}, langsForm},
		{"sayings", []string{"words/sayings.*.yaml", "words/sayings/*.yaml"}, sayingsForm},
		{"urgent", []string{"words/urgent.*.yaml"}, urgentForm},
		{"i18n", []string{"i18n/*/*.yaml"}, sheetForm},
		{"moves", []string{"moves/*.yaml"}, movesForm},
		{"tests", []string{"tests/*.yaml"}, talkForm},
	}
}

// KindOf tells of which kind a file is; false: such a file has no place here.
func KindOf(name string) (FileKind, bool) {
	for _, k := range FileKinds() {
		for _, glob := range k.Files {
			if ok, _ := path.Match(glob, name); ok {
				return k, true
			}
		}
	}
	return FileKind{}, false
}

// Schema is the JSON Schema by which editors complete and check such files while
// they are written. It knows the same words as the reader, whose judgement holds.
func (k FileKind) Schema() []byte {
	s := k.form()
	s["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	out, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		panic(fmt.Sprintf("script: the schema %s cannot be written: %v", k.Name, err)) // made of texts alone
	}
	return append(out, '\n')
}

// EditorSettings is what VS Code's YAML extension wants to know: which schema is
// for which files. dir is where the schemas stand, seen from the folder of words.
func EditorSettings(dir string) []byte {
	var lines []string
	for _, k := range FileKinds() {
		var globs []string
		for _, glob := range k.Files {
			globs = append(globs, strconv.Quote(glob))
		}
		name := path.Join(dir, k.Name+".json")
		if !path.IsAbs(name) {
			name = "./" + name
		}
		lines = append(lines, fmt.Sprintf("    %q: [%s]", name, strings.Join(globs, ", ")))
	}
	return []byte("{\n  \"yaml.schemas\": {\n" + strings.Join(lines, ",\n") + "\n  }\n}\n")
}

// schema is a piece of a JSON Schema.
type schema = map[string]any

// said gives a piece its explanation, shown by editors beside the line.
func said(s schema, about string) schema {
	s["description"] = about
	return s
}

// oneText is a single text. Editors read 119 as a number; to us it is a text.
func oneText() schema { return schema{"type": []string{"string", "number"}, "minLength": 1} }

// fits is a text of a form.
func fits(pattern string) schema {
	return schema{"type": []string{"string", "number"}, "pattern": pattern}
}

func day() schema { return fits(`^[0-9]{4}-[0-9]{2}-[0-9]{2}$`) }

// halfNamed is a name for files: the file's own, or one that it refers to.
func halfNamed() schema { return fits(halfName.String()) }

// between is a whole number.
func between(lo, hi int) schema {
	return schema{"type": []string{"integer", "string"}, "minimum": lo, "maximum": hi, "pattern": "^[0-9]+$"}
}

func among(words ...string) schema { return schema{"enum": words} }

func yesOrNo() schema { return among("はい", "いいえ") }

// someOf is one of these texts or a list of them; most 0: as many as you like.
func someOf(one schema, most int) schema {
	list := schema{"type": "array", "items": one}
	if most > 0 {
		list["maxItems"] = most
	}
	return schema{"oneOf": []schema{one, list}}
}

func texts() schema { return someOf(oneText(), 0) }

// pairs is a mapping with known keys; title is what the reader calls it.
func pairs(title string, need []string, keys schema) schema {
	s := schema{"title": title, "type": "object", "additionalProperties": false, "properties": keys}
	if len(need) > 0 {
		s["required"] = need
	}
	return s
}

// named is a mapping whose keys the author chooses.
func named(value schema) schema {
	return schema{"type": "object", "minProperties": 1, "additionalProperties": value}
}

// single is a list of 「左: 右」, one pair in each item.
func single(value schema, least, most int) schema {
	item := schema{"type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": value}
	return schema{"type": "array", "items": item, "minItems": least, "maxItems": most}
}

// each gives all of these keys the same form.
func each(keys []string, form func() schema) schema {
	out := schema{}
	for _, k := range keys {
		out[k] = form()
	}
	return out
}

// marked adds 下書き and 確認, of which a file that residents read has exactly one.
func marked(s schema) schema {
	keys := s["properties"].(schema)
	keys["下書き"] = said(among("はい"), "まだだれも確かめていない文。声に出して読んでから「確認」に書きかえる")
	keys["確認"] = said(pairs("確認", []string{"人", "日", "文"}, schema{"人": oneText(), "日": day(),
		"文": said(oneText(), "check が教える8文字")}), "だれが、いつ、どの文を確かめたか")
	s["oneOf"] = []schema{{"required": []string{"下書き"}}, {"required": []string{"確認"}}}
	return s
}

// week is 「平日: 9:00-17:00」.
func week() schema {
	span := fits(`^([0-9]{1,2}:[0-5][0-9]-[0-9]{1,2}:[0-5][0-9]|24時間)$`)
	return pairs("時間の表", nil, each(weekdayWords, func() schema { return someOf(span, 0) }))
}

func webPage() schema { return fits(webAddress.String()) }

// oneWay wants exactly one of these keys.
func oneWay(s schema, ways ...string) schema {
	var list []schema
	for _, w := range ways {
		list = append(list, schema{"required": strings.Fields(w)})
	}
	s["oneOf"] = list
	return s
}

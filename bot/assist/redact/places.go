package redact

import (
	"regexp"
	"strings"
)

const (
	num   = `[0-9一二三四五六七八九十〇百]`
	place = `[\p{Han}ァ-ヶー々ぁ-ん]`
	block = `[\p{Han}ァ-ヶー々]`
)

var (
	addressCue = regexp.MustCompile(`(?:現住所|住所|本籍地?|所在地|居所)\s*(?:は|が|:|、|\s)\s*([^。\n!?]{3,50})`)
	noAddress  = regexp.MustCompile(`^(?:言|いい?た|書|教|聞|な[いし]|知|わか|分か|不定|変|決|必要|要|どこ|何|同じ|秘密|出)`)
	addresses  = []*regexp.Regexp{
		// 青空町2丁目3番4号, 二丁目3-4
		regexp.MustCompile(place + `{0,14}?` + place + `{0,6}\s?` + num + `{1,3}\s?(?:丁目|ちょうめ|条)[\s0-9一二三四五六七八九十〇\-番地号室棟階の東西南北F]*`),
		// 本町123番地, 12番3号, 5号棟, 203号室
		regexp.MustCompile(place + `{0,10}\s?` + num + `{1,5}\s?(?:番地|番町|番館|地割|番\s?` + num + `{1,4}\s?号?|号室|号棟|ごうしつ|棟\s?` + num + `{1,4})[\s0-9一二三四五六七八九十〇\-番地号室棟階のF]*`),
		// 本町1-2-3, 1-2-3-405
		regexp.MustCompile(place + `{0,10}\s?[0-9]{1,4}-[0-9]{1,4}-[0-9]{1,5}(?:-[0-9]{1,5})*(?:号室?)?`),
		// 本町5の12の3
		regexp.MustCompile(block + `{1,8}\s?[0-9]{1,4}の[0-9]{1,4}の[0-9]{1,4}`),
		// 青空町2-3
		regexp.MustCompile(place + `{0,6}(?:町|丁|条|台|丘|区|市|村|郷|通り?|字|東|西|南|北|が丘|原|沢|野|島|坂|橋|川|山|谷|田|浜|崎|木)\s?[0-9]{1,4}(?:-|の)[0-9]{1,4}`),
		// Room 203, 12 Main Street, 3-chome, Rua das Flores 123, số 12 đường …
		regexp.MustCompile(`(?i)\b(?:room|apt\.?|apartment|unit|flat|suite|building|bldg\.?|house|house no\.?|phòng|apto\.?|bloco|blk|lot)\s?(?:no\.?\s?|#\s?|number\s)?[0-9]{1,4}[a-z]?\b`),
		regexp.MustCompile(`\b[0-9]{1,5}\s+(?:[A-Z][\p{Latin}'.]+\s+){1,3}(?i:st|street|ave|avenue|road|rd|blvd|lane|ln|drive|dr|way|court|ct|place|pl)\b\.?`),
		regexp.MustCompile(`(?i)[\p{Latin}]*\s?[0-9]{1,2}[ -]?(?:chome|chōme|cho-me)[\s0-9\-]*`),
		regexp.MustCompile(`(?i)\b(?:rua|avenida|av\.|travessa|alameda|rodovia|đường|phố|ngõ|hẻm|kalye|kanto ng)\s+[^.,;!?\n]{2,40}(?:,?\s*(?:nº|n°|no\.?|số|número)?\s*[0-9]{1,5})?`),
		regexp.MustCompile(`(?i)\b(?:số nhà|số)\s?[0-9]{1,5}[^.,;!?\n]{0,30}`),
		regexp.MustCompile(`[0-9]{1,4}(?:-[0-9]{1,4}){1,3},?\s+[A-Z][\p{Latin}\-]+`),
		regexp.MustCompile(`(?i)\b[\p{Latin}]{2,}-(?:shi|ku|cho|chō|machi|mura|gun|ken|eki)\b`),
		regexp.MustCompile(`(?i)\b(?:my address|the address|address|địa chỉ(?: của tôi)?|endereço|tirahan(?: ko)?)\s*(?:is|:|là|é|ay)\s*([^.!?\n]{4,60})`),
		regexp.MustCompile(`(?i)\b(?:#|n[º°]\s?)[0-9]{1,5}\b`),
	}
	buildings = []*regexp.Regexp{
		regexp.MustCompile(`(` + block + `{1,10})(?:マンション|アパート|コーポ|ハイツ|メゾン|ハイム|レジデンス|パレス|タワー|団地|住宅|寮|ヴィラ|コート|荘)\s?[A-Za-z]?[0-9]{0,4}`),
		regexp.MustCompile(`()(?:マンション|アパート|コーポ|ハイツ|メゾン|ハイム|レジデンス|パレス|ヴィラ|グランデ|シャトー|サンハイツ|コーポラス)(?:・?` + block + `{1,10}|[ぁ-ん]{2,6})?\s?[A-Za-z]?[0-9]{2,4}`),
		regexp.MustCompile(`()(?:コーポ|ハイツ|メゾン|ハイム|レジデンス|ヴィラ|シャトー|コーポラス)・?` + block + `{1,10}`),
	}
	commonHomes = regexp.MustCompile(`^(?:市営|都営|県営|公営|町営|区営|村営|府営|社員|独身|学生|女子|男子|賃貸|分譲|老人|高層|高齢者|木造|家族|単身|会社|大学|仮設|古|自宅|一戸建|災害公営|復興|母子|中古|新築|格安|職員|高級|低層|軽量鉄骨|鉄筋|公団|公社|同|別|旧|サービス付き高齢者向け|高齢者向け|住宅|集合|工場|派遣|技能実習生)$`)
	towns       = regexp.MustCompile(`(` + block + `{1,7}|[ぁ-ん]{2,5})(市|区|町|村|郡)(` + block + `{0,8})`)
	noTown      = regexp.MustCompile(`^(?:都|地|下|宿場|城下|裏|表|市区町|農|漁|山|寒|学|校|選挙|全|各|同|当|別|隣|他|街|小|大|田舎|温泉|商店|住宅|区|市|町|村|圏|管|教|県内|市内|禁猟|行政|特別|政令|自分|地元|実家|住|故郷|両|数|何|近隣|近|過疎|山間|門前|中心|工業|商業|医療|保護|魚|朝|蚤|見本|歳|文|縁|花火|労働|避難)$`)
	afterTown   = regexp.MustCompile(`^(?:役所|役場|民|内|立|議|長|営|外|全|職員|報|史|政|税|道|境|域|会|主催|中心|出身|在住|中|切|分|間|別|場|販|況|価)`)
	// a kana run before 町 or 区 is a name only when no sentence runs into it
	sentenceEnd = regexp.MustCompile(`[のなるいたがはをにとでもや]$`)
	kanaTowns   = regexp.MustCompile(`(?:ひなた|さいたま|つくば|みどり|さくら|あさひ|いわき|たつの|あきる野|みなと|つばめ|あおば|ひばり|わかば|うるま|いすみ|みやま|かほく|おいらせ|せたな|にかほ|ひたちなか|かすみがうら|つがる|むつ|えびの|いちき|さぬき|まんのう|ときがわ|みなべ|さぎ)$`)
	stations    = regexp.MustCompile(`(` + block + `{1,8}|[ぁ-ん]{2,6}|` + block + `{1,4}[がヶケのツ]` + block + `{1,4})(駅|えき)(?:$|[^員伝弁前長舎]|前)`)
	noStation   = regexp.MustCompile(`(?:最寄|最寄り|近く|無人|始発|終着|道|次|同|乗換|乗り換え|各|隣|降|の|りの|る|た|い|寄り|ター?ミナル)$`)
	liveIn      = regexp.MustCompile(`(?i)\b(?:i live|we live|living|i stay|staying|i'm staying|moro|mora|nakatira ako|nakatira po ako|tôi sống|tôi ở|em ở|sống)\s+(?:in|at|near|on|em|na|no|sa|ở|tại)?\s*([\p{Latin}0-9][\p{Latin}0-9'\-]*)`)
)

// places takes out addresses, and the names of towns and stations beside them.
func (w *work) places() {
	w.cut(addressCue, 1, Address, func(m []string, _, _ string) bool { return noAddress.MatchString(m[1]) })
	for i, re := range addresses {
		group := 0
		if re.NumSubexp() > 0 {
			group = 1
		}
		w.cut(re, group, Address, func(m []string, _, after string) bool {
			return i < 2 && strings.HasPrefix(after, "線") // a platform, a road
		})
	}
	for _, re := range buildings {
		w.cut(re, 0, Address, func(m []string, _, _ string) bool {
			return commonHomes.MatchString(m[1]) && !strings.ContainsAny(m[0], "0123456789")
		})
	}
	w.cut(towns, 0, Address, func(m []string, _, _ string) bool { return !isTown(m) })
	w.cut(stations, 1, Address, func(m []string, _, _ string) bool { return noStation.MatchString(m[1]) && !kanaTowns.MatchString(m[1]) })
	w.cut(liveIn, 1, Address, func(m []string, _, _ string) bool { return lists().common[strings.ToLower(m[1])] })
}

func isTown(m []string) bool {
	name, rest := m[1], m[3]
	if noTown.MatchString(name) || afterTown.MatchString(rest) && len([]rune(name)) < 2 {
		return false
	}
	if isHira([]rune(name)[0]) {
		return kanaTowns.MatchString(name) || m[2] != "村" && m[2] != "郡" && !sentenceEnd.MatchString(name)
	}
	return !strings.HasSuffix(name, "都") || len([]rune(name)) > 1
}

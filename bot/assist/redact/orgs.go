package redact

import (
	"regexp"
	"strings"
)

var (
	schools    = regexp.MustCompile(`(` + block + `{1,14}|[ぁ-ん]{2,7}|[ぁ-ん]{1,6}[がケヶ]` + block + `{1,6}|[A-Za-z]{2,})(小学校|小学|中学校|高等学校|高校|中学|高専|大学校|大学院|大学|専門学校|短期大学|短大|幼稚園|保育園|保育所|こども園|学園|学院|支援学校|養護学校|予備校|学習塾|塾|小|中|高|病院|クリニック|医院|診療所|薬局|整形外科|内科|歯科|皮膚科)`)
	firms      = regexp.MustCompile(`(` + block + `{1,14}|[A-Za-z]{2,})(製作所|製鉄所|工務店|商事|商店|商会|運輸|物流|信用金庫|信金|銀行|製菓|製薬|電機|ホールディングス|法律事務所|建設|工業|産業|水産|農園|興業|電工|重工|交通|タクシー|運送|警備|印刷|不動産|支店|営業所|支社|出張所|事業所|作業所|ホーム|ケアセンター|サービスセンター)`)
	generic    = regexp.MustCompile(`^(?:市立|公立|私立|県立|区立|国立|都立|町立|市民|区民|特別|定時制|通信制|夜間|普通|女子|男子|母校|地元|出身|同|近所|近|別|隣|前|元|次|今|毎日|公|私|総合|大|大学|精神|精神科|動物|救急|小児|小児科|専門|単科|入院|通院|転院|心療|美容|医療|産婦人科|産|眼|耳鼻|個人|開業|地方|都市|ネット|メガ|市中|認可|認可外|無認可|公設|企業内|子供|子|私|息子|娘|孫|弟|妹|兄|姉|志望|有名|田舎|進学|農業|工業|商業|調剤|門前|某|各|他|老人|有料老人|介護老人|特別養護老人|グループ|介護|訪問介護|派遣|食品|水産|建設|運送|印刷|製造|観光|サービス|大手|下請|中小|土木|住宅|総合建設|重|軽|第一次|第二次|第三次|一次|最|中|小|高|幼|義務教育|最終学歴|学|本|労働|農|林|内|外|歯|皮膚|神経|呼吸器|循環器|消化器|脳神経|脳|消防|無料|自宅|在宅|東京|大阪|都内|就労支援|就労継続支援|福祉|障害者|地域活動支援|マイ|ケア|ナーシング|シェア|個別|子ども|こども|不登校|日本|海外|外国)$`)
	company    = regexp.MustCompile(`(?:株式会社|有限会社|合同会社|合資会社|\(株\)|\(有\)|社会福祉法人|医療法人|NPO法人|一般社団法人|学校法人|宗教法人)\s?([\p{Han}ァ-ヶーA-Za-z0-9々・&ぁ-ん]{2,14})|([\p{Han}ァ-ヶーA-Za-z0-9々・&]{1,15})(?:株式会社|有限会社|合同会社|\(株\)|\(有\))`)
	particle   = regexp.MustCompile(`^(?:に|で|の|は|が|を|と|も|から|へ|や|という|って|だ|です|な|、|。)`)
	orgCue     = regexp.MustCompile(`(?:勤務先|勤め先|会社名|会社の名前|学校名|学校の名前|通院先|園名|バイト先|就職先|派遣先|派遣元|雇用主|実習先|病院名|店名|お店の名前|通っている学校|職場の名前)(?:は|が|:|、|\s)\s*([^、。\n!?]{2,24}?)(?:です|でした|だ|と|って|に|で|。|、|,|\n|$)`)
	noOrg      = regexp.MustCompile(`^(?:言|い[えわい]|書|教|聞|な[いくし]|知|わか|分か|どこ|何|同じ|秘密|出|近|遠|変|こわ|怖|つら|辛|大変|やめ|辞|クビ|ブラック|人|忙|休|倒産|つぶれ|親切|やさし|優し|決ま|見つ|まだ|もう|すぐ)`)
	worksAt    = regexp.MustCompile(`([\p{Han}ァ-ヶーA-Za-z々・&]{2,14})(?:っていう会社|という会社|という学校|という店|というお店|という工場|という施設|という病院)?(?:で働|ではたら|に勤|につとめ|で勤務|でバイト|でアルバイト|でパート|の社員|の店員|の従業員|に入社|に就職|を退社|を退職|をクビ|を解雇|に転職|に内定|に在籍|に通学|に通って|に通院|に入学|に入院|で実習|で研修)`)
	noWork     = regexp.MustCompile(`(?:会社|店|屋|業|系|所|場|院|校|園|関係|勤|員|制|日|年|月|時|人|室|科|部|課|局|内|外|県|都|府|市|区|町|村|国|家|中|先|間|朝|晩|夜|昼|心|力|口|緒|当|事|生|塾|舎|前|後|方|在宅|都合|契約|派遣|製造|接客|事務|清掃|介護|警備|農業|漁業|営業|倉庫|現場|工場|病院|学校|施設|役場|自分|必死|全部|本気|無理|東京|大阪|京都|横浜|海外|日本|地元|実家|北海道|沖縄|韓国|中国|米国|リモート|ネット|コンビニ|スーパー|レストラン|カフェ|ホテル|ファミレス|パチンコ|キャバクラ|スナック|コールセンター|デイサービス|フルタイム|パート|アルバイト|バイト|デイケア|グループホーム|フリースクール|ハローワーク|クリニック|ホーム|シフト|ガソリンスタンド|ドラッグストア|ビル|マッサージ|ラーメン|タクシー|トラック|ダブルワーク|フリーター|スタッフ|カウンセリング|リハビリ|センター|ボランティア|バー|クラブ|メイド|アパレル|サービス|ショートステイ|メンタルクリニック|サポート|ライン|ベトナム|ブラジル|フィリピン|ネパール|アメリカ|ヘルパー|ドライバー|ここ)$`)
	englishOrg = regexp.MustCompile(`(?i)\b(?:work(?:s|ed|ing)?|employed|job|intern|trainee)\s+(?:at|for|with|by)\s+((?:[\p{Latin}0-9&'\-]+\s?){1,3})|\b(?:stud(?:y|ies|ying|ied)|student|goes|go|going|enrolled|graduated)\s+(?:at|of|from|to)\s+((?:[\p{Latin}0-9&'\-]+\s?){1,3})\s?(?:school|university|college|high)|\b(?:company|factory|school|công ty|trường|xí nghiệp|empresa|fábrica|escola|kompanya|kumpanya|pabrika)\s+(?:is|named|called|name is|tên|tên là|chamada|chama|na)?\s*([A-ZĐ][\p{Latin}0-9&'\-]*(?:\s[A-ZĐ][\p{Latin}0-9&'\-]*)*)|\b(?:làm (?:việc )?(?:ở|cho|tại)|trabalho (?:na|no|em)|nagtatrabaho (?:po )?(?:ako )?sa)\s+((?:[\p{Latin}0-9&'\-]+\s?){1,3})`)
	nurseries  = regexp.MustCompile(`(?:ひなた|さくら|みどり|ひばり|わかば|あおば|つばめ|たんぽぽ|ひまわり|すみれ|こばと|つくし|めぐみ|ひかり|のぞみ|あすなろ|どんぐり|もみじ|いずみ|みなみ|ふたば|すずらん|こすもす|ゆり|にじ|おひさま|たいよう|なかよし|あゆみ|しらゆり|さつき|あさひ|やまびこ|かがやき|ひので|くるみ|ちどり|りんどう|すずめ|あおぞら|そよかぜ|せいわ|きらら|ぽぷら|はなぞの)$`)
)

// orgs takes out schools, clinics and employers that have a name of their own.
func (w *work) orgs() {
	w.cut(company, 0, Org, func(m []string, _, _ string) bool {
		return m[2] == "" && particle.MatchString(m[1])
	})
	w.cut(orgCue, 1, Org, func(m []string, _, _ string) bool { return noOrg.MatchString(m[1]) })
	w.cut(schools, 0, Org, isGenericSchool)
	w.cut(firms, 0, Org, func(m []string, _, _ string) bool { return generic.MatchString(m[1]) || lists().plainHan[m[1]] })
	w.cut(worksAt, 1, Org, func(m []string, _, _ string) bool {
		return noWork.MatchString(m[1]) || lists().common[strings.ToLower(m[1])]
	})
	for group := 1; group <= 4; group++ {
		w.cut(englishOrg, group, Org, isGenericEmployer)
	}
}

func isGenericSchool(m []string, _, after string) bool {
	name, kind := m[1], m[2]
	if len([]rune(kind)) == 1 { // 青葉小, 一中: only where the sentence says that somebody goes there
		return len([]rune(name)) < 2 || lists().plainHan[name+kind] || generic.MatchString(name) ||
			!strings.HasPrefix(after, "に通") && !strings.HasPrefix(after, "の") && !strings.HasPrefix(after, "に行") || !isHan([]rune(name)[0])
	}
	if generic.MatchString(name) || lists().plainHan[name] {
		return true
	}
	if isHira([]rune(name)[0]) && !strings.ContainsFunc(name, isHan) {
		return !nurseries.MatchString(name) && sentenceEnd.MatchString(name)
	}
	return false
}

// isGenericEmployer says that what follows 「work at」 is a kind of place, not a name.
func isGenericEmployer(m []string, _, _ string) bool {
	for _, g := range m[1:] {
		words := strings.Fields(strings.ToLower(g))
		if len(words) == 0 {
			continue
		}
		return lists().common[words[0]] || lists().trades[words[0]]
	}
	return true
}

package people

import (
	"crypto/rand"
	"math/big"
	"strconv"
)

// An alias is 「みどりのつばめ 27」: how something looks or feels, a small living
// thing, a number. The words are short, kind and easy to say on the telephone;
// none is a name, a place, an illness or a joke about somebody. There are about
// half a million.
var (
	looks = [...]string{
		"みどりの", "あおい", "しろい", "あかい", "きいろい", "みずいろの", "むらさきの", "ももいろの", "そらいろの", "わかばの",
		"ちいさな", "おおきな", "まるい", "ふわふわの", "すべすべの", "もこもこの", "きらきらの", "つやつやの", "しずかな", "のんびり",
		"ゆっくり", "にこにこ", "あさの", "ひるの", "ゆうがたの", "ほしの", "つきの", "ひなたの", "こかげの", "そよかぜの",
		"はるの", "なつの", "あきの", "ふゆの", "あめあがりの", "ゆきの", "くもの", "にじの", "うみの", "かわの",
		"もりの", "やまの", "はらっぱの", "みずべの", "にわの", "いけの", "たんぽぽの", "すみれの", "さくらの", "うめの",
		"あさがおの", "ひまわりの", "こすもすの", "つばきの", "れんげの", "くろーばーの", "どんぐりの", "まつぼっくりの", "もみじの", "いちょうの",
		"ささの", "すすきの", "わたげの", "こむぎの", "みかんの", "りんごの", "ゆずの", "くりの", "はちみつの", "みるくの",
	}
	lives = [...]string{
		"つばめ", "すずめ", "めじろ", "うぐいす", "ひばり", "せきれい", "かもめ", "ふくろう", "はと", "つる",
		"しじゅうから", "かわせみ", "こまどり", "ひよこ", "あひる", "うさぎ", "りす", "しか", "こじか", "たぬき",
		"きつね", "いたち", "もぐら", "はりねずみ", "やまね", "ももんが", "こねこ", "こいぬ", "こうま", "こひつじ",
		"やぎ", "かめ", "かえる", "やもり", "とんぼ", "ちょうちょ", "てんとうむし", "かぶとむし", "ほたる", "みつばち",
		"せみ", "こおろぎ", "かたつむり", "めだか", "きんぎょ", "こい", "あゆ", "いるか", "くじら", "らっこ",
		"あざらし", "ぺんぎん", "ひとで", "やどかり", "くらげ", "まんぼう", "くま", "こぐま", "ぞう", "きりん",
		"らくだ", "かんがるー", "こあら", "ぱんだ", "なまけもの", "あるまじろ", "かぴばら", "はむすたー", "いんこ", "おうむ",
	}
)

// Numbers of an alias: two digits that read well.
const (
	firstNumber = 10
	lastNumber  = 99
)

func newAlias() string {
	return looks[pick(len(looks))] + lives[pick(len(lives))] + " " + strconv.Itoa(firstNumber+pick(lastNumber-firstNumber+1))
}

func pick(n int) int {
	i, err := rand.Int(rand.Reader, big.NewInt(int64(n)))
	if err != nil {
		panic("people: no randomness") // crypto/rand never fails
	}
	return int(i.Int64())
}

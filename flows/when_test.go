package flows

import (
	"testing"
	"time"
)

func TestMomentsAreToldAsPeopleSayThem(t *testing.T) {
	now := time.Date(2026, 12, 4, 10, 0, 0, 0, tokyo)
	at := func(day, hour, minute int) time.Time { return time.Date(2026, 12, day, hour, minute, 0, 0, tokyo) }
	for _, c := range []struct {
		lang Lang
		at   time.Time
		form clockForm
		want string
	}{
		{Ja, at(4, 17, 0), until, "きょう午後5時まで"},
		{Ja, at(5, 9, 0), around, "あした 午前9時ごろ"},
		{Ja, at(7, 9, 0), around, "12月7日(月) 午前9時ごろ"},
		{Ja, at(5, 0, 0), until, "きょう夜12時まで"},
		{Ja, at(4, 12, 0), until, "きょう正午まで"},
		{Ja, at(4, 13, 30), around, "きょう 午後1時30分ごろ"},
		{Ja, time.Time{}, around, "次に人がいるとき"},
		{JaEasy, at(4, 17, 0), until, "きょう 午後(ごご)5時(じ)まで"},
		{JaEasy, at(7, 9, 0), around, "12月(がつ)7日(なのか) 月曜日(げつようび) 午前(ごぜん)9時(じ)ごろ"},
		{JaEasy, at(11, 12, 0), around, "12月(がつ)11日(にち) 金曜日(きんようび) 午後(ごご)12時(じ)ごろ"},
		{En, at(4, 17, 0), until, "until 5 pm today"},
		{En, at(4, 15, 0), by, "by 3 pm today"},
		{Ja, at(4, 15, 0), by, "きょう午後3時まで"},
		{En, at(5, 9, 30), around, "around 9:30 am tomorrow"},
		{En, at(7, 12, 0), around, "around noon on Monday, December 7"},
		{Vi, at(7, 9, 0), around, "7/12 09:00"},
	} {
		if got := spoken(c.at, now, c.form, c.lang); got != c.want {
			t.Errorf("%s: got %q, want %q", c.lang, got, c.want)
		}
	}
}

func TestTheClockOfTheHouseDecidesWhichDayItIs(t *testing.T) {
	now := time.Date(2026, 12, 4, 15, 30, 0, 0, time.UTC) // half past midnight in Tokyo
	k := newTalk(t)
	k.v.Now, k.v.Open, k.v.NextOpen = now, false, time.Date(2026, 12, 5, 0, 0, 0, 0, time.UTC)
	k.presses(ExHuman).wantText(0, "次に読むのは きょう 午前9時ごろ")
}

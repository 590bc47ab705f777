import Feeds
import Testing

@testable import Parsing

/// The dates of feeds, in the forms they are found in, as UTC.
struct DateTests {
  typealias Pair = (text: String, utc: String?)

  private func check(_ pairs: [Pair], language: String? = nil) {
    let dates = Dates(language: language)
    for (text, utc) in pairs {
      #expect(dates.timestamp(text)?.iso8601 == utc, "\(text)")
    }
  }

  @Test func mailDatesAreReadWithAllTheirDefects() {
    check([
      ("Mon, 16 Nov 2020 13:16:28 GMT", "2020-11-16T13:16:28Z"),
      ("Mon, 16th Nov 2020 13:16:28 GMT", "2020-11-16T13:16:28Z"),
      ("Thu, 01 Jan 2004 00:00 GMT", "2004-01-01T00:00:00Z"),
      ("16 Nov 2020 13:16:28 +0800", "2020-11-16T05:16:28Z"),
      ("Fri,24 Nov 2023 10:00:00 +0000", "2023-11-24T10:00:00Z"),
      ("13 Feb, 2012", "2012-02-13T00:00:00Z"),
      ("Sunday, 13 February 2012 08:00:00 EST", "2012-02-13T13:00:00Z"),
      ("Mon, 16 Nov 20 13:16:28 GMT", "2020-11-16T13:16:28Z"),
      ("Mon, 16 Nov 98 13:16:28 GMT", "1998-11-16T13:16:28Z"),
    ])
  }

  @Test func whatProgramsPrintIsRead() {
    check([
      ("Sun Jan  4 16:29:06 2004", "2004-01-04T16:29:06Z"),
      ("Sun Jul 15 01:16:00 +0000 2012", "2012-07-15T01:16:00Z"),
      ("Thu Nov 12 2020 17:00:00 GMT+0000 (Coordinated Universal Time)", "2020-11-12T17:00:00Z"),
      ("Thu Nov 12 2020 17:00:00 GMT+0800 (中国标准时间)", "2020-11-12T09:00:00Z"),
    ])
  }

  @Test func internetDatesAreReadWithTheirVariations() {
    check([
      ("2020-11-08T16:20:00Z", "2020-11-08T16:20:00Z"),
      ("2020-11-08T16:20:00-05:00Z", "2020-11-08T21:20:00Z"),
      ("2004-07-08 23:56:58 -00:20", "2004-07-09T00:16:58Z"),
      ("2023-05-29 00:00:00+15:00", "2023-05-28T09:00:00Z"),
      ("2023-05-29T01:02:03.123456789+08:00", "2023-05-28T17:02:03Z"),
      ("2023-05-29T01:02", "2023-05-29T01:02:00Z"),
      ("2023-05-29T01:02:03", "2023-05-29T01:02:03Z"),
      ("2023-05-29T01:02:03+0800", "2023-05-28T17:02:03Z"),
      ("2023-05-29T01:02:03+8", "2023-05-28T17:02:03Z"),
    ])
  }

  @Test func reducedFormsAreRead() {
    check([
      ("2003", "2003-01-01T00:00:00Z"), ("2003-12", "2003-12-01T00:00:00Z"),
      ("20031231", "2003-12-31T00:00:00Z"), ("031231", "2003-12-31T00:00:00Z"),
      ("-0312", "2003-12-01T00:00:00Z"), ("-03-12", "2003-12-01T00:00:00Z"),
      ("03335", "2003-12-01T00:00:00Z"), ("2003-335", "2003-12-01T00:00:00Z"),
      ("2003-012-31", "2003-12-31T00:00:00Z"), ("2003-W52-3", "2003-12-24T00:00:00Z"),
      ("Nov. 2020", "2020-11-01T00:00:00Z"), ("5 August, 2019", "2019-08-05T00:00:00Z"),
      ("Friday 06 November 2020", "2020-11-06T00:00:00Z"),
    ])
  }

  @Test func slashesAndDotsAreReadByWhatTheNumbersAllow() {
    check([
      ("2006/09/15", "2006-09-15T00:00:00Z"), ("10/30/23", "2023-10-30T00:00:00Z"),
      ("09/15/2014 4:20 pm PST", "2014-09-16T00:20:00Z"), ("26/06/2020", "2020-06-26T00:00:00Z"),
      ("30.10.23", "2023-10-30T00:00:00Z"), ("11 04 2020", "2020-04-11T00:00:00Z"),
      ("10/11/2020", "2020-10-11T00:00:00Z"),
    ])
    check([("10/11/2020", "2020-10-11T00:00:00Z")], language: "en-US")
    check([("10/11/2020", "2020-11-10T00:00:00Z")], language: "en-GB")
  }

  @Test func clocksOfTwelveHoursAndMidnightAtTheEndAreRead() {
    check([
      ("November 5, 2020 1:55 PM", "2020-11-05T13:55:00Z"),
      ("November 5, 2020 3:09pm", "2020-11-05T15:09:00Z"),
      ("November 5, 2020 12:37 p.m.", "2020-11-05T12:37:00Z"),
      ("November 5, 2020 12:05 AM", "2020-11-05T00:05:00Z"),
      ("November 5, 2020 at 01:11 PM", "2020-11-05T13:11:00Z"),
      ("November 5, 2020 - 16:29", "2020-11-05T16:29:00Z"),
      ("2020-11-05T24:00:00Z", "2020-11-06T00:00:00Z"),
    ])
  }

  @Test func monthsOfOtherLanguagesAreRead() {
    check([
      ("Di, 03 Mär 2020 10:00:00 +0100", "2020-03-03T09:00:00Z"),
      ("Do, 10 Dez 2020 10:00:00 GMT", "2020-12-10T10:00:00Z"),
      ("ven. 13 févr. 2015 10:00:00 +0000", "2015-02-13T10:00:00Z"),
      ("Lundi 3 août 2020", "2020-08-03T00:00:00Z"),
      ("2020. július 5.", "2020-07-05T00:00:00Z"),
      ("12 Ιούλ 2019 10:00:00 +0300", "2019-07-12T07:00:00Z"),
      ("12 Foo 2019 10:00:00 GMT", nil),
    ])
  }

  @Test func chineseJapaneseAndKoreanDatesHaveTheirOwnZones() {
    check([("2004년 05월 28일  01:31:15", "2004-05-27T16:31:15Z")])
    check([("2004년 05월 28일 오후 01:31:15", "2004-05-28T04:31:15Z")])
    check(
      [
        ("2020年1月16日 15:10", "2020-01-16T07:10:00Z"),
        ("2020年1月16日 下午3:10", "2020-01-16T07:10:00Z"),
        ("2020年1月16日 上午3:10", "2020-01-15T19:10:00Z"),
      ], language: "zh-CN")
    check([("2020年1月16日 15:10", "2020-01-16T06:10:00Z")], language: "ja")
  }

  @Test func zonesAreKnownByTheirNames() {
    let noon = "Mon, 16 Nov 2020 12:00:00 "
    check([
      (noon + "EST", "2020-11-16T17:00:00Z"), (noon + "EDT", "2020-11-16T16:00:00Z"),
      (noon + "PDT", "2020-11-16T19:00:00Z"), (noon + "NST", "2020-11-16T15:30:00Z"),
      (noon + "ET", "2020-11-16T17:00:00Z"), (noon + "BST", "2020-11-16T11:00:00Z"),
      (noon + "CEST", "2020-11-16T10:00:00Z"), (noon + "MSK", "2020-11-16T09:00:00Z"),
      (noon + "IST", "2020-11-16T06:30:00Z"), (noon + "JST", "2020-11-16T03:00:00Z"),
      (noon + "ACST", "2020-11-16T02:30:00Z"), (noon + "NZDT", "2020-11-15T23:00:00Z"),
      (noon + "GMT-07:00", "2020-11-16T19:00:00Z"), (noon + "Etc/GMT", "2020-11-16T12:00:00Z"),
      (noon + "A", "2020-11-16T12:00:00Z"),
    ])
  }

  @Test func cstIsChinaInAChineseFeed() {
    check([("Mon Nov 16 12:00:00 CST 2020", "2020-11-16T18:00:00Z")])
    check([("Mon Nov 16 12:00:00 CST 2020", "2020-11-16T04:00:00Z")], language: "zh-CN")
  }

  @Test func rubbishAfterADateIsIgnored() {
    check([
      ("  Mon, 16 Nov 2020 13:16:28 GMT \\n", "2020-11-16T13:16:28Z"),
      ("Mon, 16 Nov 2020 13:16:28 +0000 (UTC)", "2020-11-16T13:16:28Z"),
      ("\n\t2020-11-08\u{A0}16:20\n", "2020-11-08T16:20:00Z"),
    ])
  }

  @Test func aPlaceHasItsOffsetAtThatDate() {
    check([
      ("Fri, 31 Mar 2023 20:19:00 America/Los_Angeles", "2023-04-01T03:19:00Z"),
      ("Tue, 31 Jan 2023 20:19:00 America/Los_Angeles", "2023-02-01T04:19:00Z"),
      ("2023-01-31 20:19 Asia/Shanghai", "2023-01-31T12:19:00Z"),
    ])
  }

  @Test func anOffsetMayStandRightBehindTheClock() {
    check([("2004-július-13T9:15-05:00", "2004-07-13T14:15:00Z")])
  }

  @Test func aDateWithoutADayOrAZoneThatCanBeReadIsNone() {
    check([
      ("Sun, Dec x 2012 11:47:32 GMT", nil), ("Sun, 16 Dec 2012 11:47:32 +zz:00", nil),
      ("Nov. 2020", "2020-11-01T00:00:00Z"),
    ])
  }

  @Test func thePlainFormsAreReadAsTheOthersAre() {
    check([
      ("Tue, 13 Jul 2100 22:13:20 -0000", "2100-07-13T22:13:20Z"),
      ("Wed, 31 Dec 2003 10:14:55 GMT", "2003-12-31T10:14:55Z"),
      ("Sun, 29 Feb 2004 10:14:55 +0800", "2004-02-29T02:14:55Z"),
      ("Sun, 29 Feb 2005 10:14:55 +0800", nil),
      ("Mon, 5 Jan 2004 24:00:00 GMT", "2004-01-06T00:00:00Z"),
      ("2004-07-13T14:15:00Z", "2004-07-13T14:15:00Z"),
      ("2004-07-13T14:15:00.123456+08:00", "2004-07-13T06:15:00Z"),
    ])
  }

  @Test func whatIsNoDateIsNil() {
    check([
      ("", nil), ("昨天", nil), ("1:2:3:4", nil), ("99999999999999999999", nil),
      ("2020-13-45T99:99:99Z", nil), ("Mon, 99 Nov 2020 13:16:28 GMT", nil), ("----", nil),
      ("2020-02-30T00:00:00+99999999999", nil), (String(repeating: "1", count: 5_000), nil),
    ])
  }

  @Test func nothingWrittenCanStopIt() {
    let pieces = [
      "2020", "-", "99999999999999999999", "Nov", ":", "+", " ", "T", "Z", "年", "월", "/", ".", "W",
      "PM", "12", "GMT", "(", "\0", "火", "0",
    ]
    var state: UInt64 = 7
    for _ in 0..<20_000 {
      var text = ""
      for _ in 0..<8 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        text += pieces[Int(state >> 33) % pieces.count]
      }
      let moment = Dates(language: "zh").timestamp(text)
      if let moment { #expect((1_900...2_200).contains(moment.parts().year), "\(text)") }
    }
  }
}

"""The common passwords of 12 characters and more, as an exact list. Data only; the rule stands in `passwords.py`.

Shorter ones are refused by their length, so the usual lists (10,000 entries, nearly all short) would add almost
nothing. The long ones that recur in published leaks are of four kinds, written here as what they are made of: a
favourite word with a counting tail, a word twice, a walk over the keyboard, one character held down (ADR 0007).
Compared without regard to case; nothing is guessed or scored (`SecureP@ssw0rd` passes).
"""
# ruff: noqa: SIM905 - a list of words reads better as words

from veza.auth.domain import PASSWORD_MIN

_WORDS = """
    password passw0rd p@ssword p@ssw0rd pa$$word pa55word passwort motdepasse contraseña contrasena senha parola
    mypassword thepassword newpassword yourpassword password123 passphrase secret topsecret default changeme changethis
    qwerty qwertyuiop qwerty123 qwert asdf asdfgh asdfghjkl zxcvbn zxcvbnm azerty azertyuiop qwertz qazwsx qazwsxedc
    1q2w3e 1q2w3e4r 1qaz2wsx zaq12wsx abc abc123 abcd abcdef a1b2c3 a1b2c3d4 test testing tester testtest test123
    iloveyou iloveu iloveme ilovemusic loveyou loveme lovely lover forever together jetaime teamo tequiero
    welcome welkom bienvenue willkommen hello helloworld hellokitty letmein letmeinnow opensesame trustno1 whatever
    admin admin123 administrator root toor superuser sysadmin manager user username guest login logmein access system
    computer internet windows microsoft google facebook linkedin instagram youtube twitter spotify soundcloud bandcamp
    samsung iphone android apple playstation minecraft fortnite pokemon pikachu nintendo starwars startrek matrix
    football baseball basketball softball hockey soccer liverpool chelsea arsenal barcelona realmadrid juventus
    manchester manutd galatasaray fenerbahce besiktas yankees cowboys steelers lakers eagles ferrari mercedes porsche
    superman batman spiderman ironman wolverine dragon monkey tiger panther phoenix butterfly dolphin buster killer
    princess sunshine shadow master mustang corvette cheese cookie chocolate strawberry banana pepper ginger flower
    michael jordan jennifer jessica michelle nicole ashley daniel andrew matthew anthony joshua alexander alexandra
    elizabeth victoria christian christopher jonathan stephanie samantha natalie isabella gabriel charlie thomas robert
    australia america california canada england france germany italia espana london paris newyork chicago
    summer winter spring autumn january february march april june july august september october november december
    monday tuesday wednesday thursday friday saturday sunday freedom happiness success blessed jesus jesuschrist
    music musician musiclover guitar drummer metallica nirvana slipknot eminem beatles beyonce veza
""".split()

_TAILS = """
    1 2 7 8 9 11 12 13 21 22 23 69 77 88 99 00 01 02 007 010 100 101 111 123 222 321 333 420 456 555 666 777 789 888 999
    000 1111 1212 1221 1234 1313 2000 4321 5678 6969 9999 0000 12345 54321 11111 00000 123123 123321 123456 654321
    111111 000000 1234567 7654321 12345678 87654321 123456789 987654321 1234567890 0123456789 0987654321
    ! !! !!! @ # $ * . 1! 12! 123! 1234! 12345! 123456! !1 !12 !123 !1234 @1 @12 @123 @1234 @12345 @123456 #1 #12 #123
    #1234 $1 $123 _1 _12 _123 _1234 -1 -123 -1234 .1 .123 .1234 abc abc123 qwerty xxx
    1980 1985 1990 1991 1992 1993 1994 1995 1996 1997 1998 1999 2010 2015 2018 2019 2020 2021 2022 2023 2024 2025 2026
    2019! 2020! 2021! 2022! 2023! 2024! 2025! 2026! @2019 @2020 @2021 @2022 @2023 @2024 @2025 @2026 #2023 #2024 #2025
""".split()

_WALKS = """
    12345678901234567890 09876543210987654321 01234567890123456789 98765432109876543210 112233445566778899
    111222333444555666777888999 1122334455667788990011 123123123123123123 321321321321321 123321123321123321
    123456123456123456 1234512345123451234512345 12341234123412341234 147258369147258369 159753159753159753
    789456123789456123 741852963741852963 963852741963852741 135791357913579 24682468024680 1029384756102938
    qwertyuiop[]asdfghjkl;'zxcvbnm,./ qwertyuiopasdfghjklzxcvbnm poiuytrewqlkjhgfdsamnbvcxz mnbvcxzlkjhgfdsapoiuytrewq
    azertyuiopqsdfghjklmwxcvbn qwertzuiopasdfghjklyxcvbnm abcdefghijklmnopqrstuvwxyz zyxwvutsrqponmlkjihgfedcba
    1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/ 1qaz!qaz2wsx@wsx qazwsxedcrfvtgbyhnujmikolp zaq12wsxcde34rfvbgt5
    zaq1xsw2cde3vfr4bgt5nhy6mju7 1q2w3e4r5t6y7u8i9o0p q1w2e3r4t5y6u7i8o9p0 1a2b3c4d5e6f7g8h9i0j a1b2c3d4e5f6g7h8i9j0
    a1s2d3f4g5h6j7k8l9 1a2s3d4f5g6h7j8k9l 1z2x3c4v5b6n7m 1qazxsw23edcvfr4 qweasdzxcqweasdzxc qweasdzxc123456
    qwerty123456qwerty qwerty1234567890 qwertyuiop1234567890 1234567890qwertyuiop 123456789qwertyuiop 123456qwerty123456
    1234qwerasdfzxcv qwerasdfzxcv1234 123qweasdzxc123qweasdzxc 123qwe456asd789zxc asdfghjklasdfghjkl zxcvbnmzxcvbnm
    asdfasdfasdfasdfasdf qwerqwerqwerqwer qweqweqweqweqwe asdasdasdasdasd zxczxczxczxczxc abcabcabcabcabc
    abcd1234abcd1234 abc123abc123abc123 aabbccddeeffgghhiijj aaabbbcccdddeee a1a1a1a1a1a1a1a1 1a1a1a1a1a1a1a1a
    !@#$%^&*()_+ !qaz@wsx#edc$rfv%tgb 1!2@3#4$5%6^7&8*9(0) !@#$%^&*()!@#$%^&*() 1234567890-= 1234567890!@#$%^&*()
""".split()

_PHRASES = """
    correcthorsebatterystaple correct-horse-battery-staple thequickbrownfox
    thequickbrownfoxjumpsoverthelazydog letmeinplease pleaseletmein iloveyousomuch iloveyouforever iloveyoubaby
    iloveyou4ever iloveyoualot iloveyoumore ilovemyself ilovemyfamily ilovemymother ilovemydaddy ilovejesus777
    iforgotmypassword forgotpassword nopasswordhere passwordpassword mypasswordis thisismypassword thisisapassword
    thisisasecret yourmotherbasa ihatepasswords dontguessthis donthackme12 youcantguess notmypassword ineedapassword
    superpassword secretpassword longpassword strongpassword goodpassword bestpassword simplepassword securepassword
    mynameisjohn openthedoor1 openthegates neverforget1 neversaynever godisgreat12 jesusislord1 jesuslovesme
    ilovejesus12 rockandroll1 sexdrugsrocknroll starwarsfan1 maytheforcebewithyou harrypotter1 harrypotter12
    lordoftherings
    gameofthrones winteriscoming supermario64 callofduty123 worldofwarcraft leagueoflegends counterstrike
    manchesterunited manchestercity realmadrid123 fcbarcelona1 fcbarcelona123 liverpoolfc1 newcastleunited
    pa$$w0rd1234 p4ssw0rd1234 p455w0rd1234 passw0rd!234 password!234 adminadmin12 adminpassword rootpassword
    changemenow! changemeplease defaultpassword temporarypassword temppassword temppass1234 temp123456789
    administrator1 administrator! unknownsoldier onetwothreefour onetwothree123 abcdefg12345 abcdefgh1234
    abcdefg123456 abcdef123456 abc123456789 abcd12345678 a123456789012 a12345678901 aa1234567890 qq1234567890
    qq123456789qq woaini1314520 woaini520520 5201314520131 1234567890ab 123456789abc 123456abcdef 12345678abcd
    123456789a123 q1q1q1q1q1q1 qwe123qwe123 asd123asd123 zxc123zxc123 qaz123wsx456 1234abcd1234 asdf1234asdf
    mysecretpassword verysecretpassword supersecret123 topsecret1234 stayoutofhere keepout12345 mustchangeme
""".split()


def _windows(walk: str) -> set[str]:
    return {walk[start:end] for start in range(len(walk)) for end in range(start + PASSWORD_MIN, len(walk) + 1)}


def _listed() -> frozenset[str]:
    found = {word + tail for word in _WORDS for tail in ("", *_TAILS)}
    found |= {tail + word for word in _WORDS for tail in _TAILS if tail.isdigit() and len(tail) < 4}
    found |= {word * times for word in _WORDS for times in (2, 3)}
    found |= {word + other for word in _WORDS[:40] for other in _WORDS[:40]}
    found |= {window for walk in _WALKS for window in _windows(walk)}
    found |= {character * length for character in map(chr, range(33, 127)) for length in range(PASSWORD_MIN, 33)}
    found |= {*_PHRASES, "correct horse battery staple", "the quick brown fox"}
    return frozenset(entry.casefold() for entry in found if len(entry) >= PASSWORD_MIN)


COMMON_PASSWORDS = _listed()
"""Case-folded."""

"""Irregular forms of English words, and what they are forms of."""

from __future__ import annotations

_PASTS = """
    eat: ate eaten | become: became | be: been | begin: began begun | bend: bent | bite: bit bitten |
    blow: blew blown | bear: born | buy: bought | bind: bound | breed: bred | break: broke broken |
    bring: brought | build: built | burn: burnt | come: came | catch: caught | choose: chose chosen |
    cling: clung | creep: crept | deal: dealt | do: did done | draw: drew drawn | drink: drank |
    drive: drove driven | dig: dug | fall: fell fallen | flee: fled | fly: flew flown | forbid: forbade |
    forgive: forgave | forget: forgot forgotten | fight: fought | find: found | freeze: froze frozen |
    feel: felt | give: gave given | go: gone | get: got gotten | grow: grew grown | have: had | hear: heard |
    hold: held | hide: hid hidden | hang: hung | keep: kept | know: knew known | lay: laid | lie: lain |
    lead: led | leave: left | lend: lent | light: lit | lose: lost | make: made | mean: meant | meet: met |
    mistake: mistook | pay: paid | prove: proved proven | quit: quit | run: ran | ring: rang |
    ride: rode ridden | rise: rose risen | say: said | sing: sang sung | sit: sat | see: saw seen | send: sent |
    shake: shaken shook | shine: shone | shoot: shot | show: shown | shrink: shrank | sleep: slept |
    slide: slid | sell: sold | spin: spun | seek: sought | spend: spent | speak: spoke spoken | spring: sprang |
    stand: stood | steal: stole stolen | strike: struck | stick: stuck | sting: stung | sink: sunk sank |
    swim: swam swum | sweep: swept | swear: swore sworn | swing: swung | take: taken took | teach: taught |
    think: thought | throw: threw thrown | tell: told | tear: tore torn | understand: understood |
    undergo: underwent | wake: woke woken | win: won | wear: wore worn | wind: wound | weave: wove |
    write: written wrote
"""
_PLURALS = """
    child: children | man: men | woman: women | foot: feet | tooth: teeth | goose: geese | mouse: mice |
    person: people | datum: data | criterion: criteria | phenomenon: phenomena | analysis: analyses |
    crisis: crises | basis: bases
"""


def _table(text: str) -> dict[str, str]:
    pairs = (entry.split(":") for entry in text.split("|"))
    return {form: base.strip() for base, forms in pairs for form in forms.split()}


PASTS = _table(_PASTS)
"""Past forms and participles of verbs, lowercased -> their base."""
PLURALS = _table(_PLURALS)
"""Plurals of nouns, lowercased -> their singular."""

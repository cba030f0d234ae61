"""Words that carry no fact of an order; what is left without them must be understood, or a person reads it."""

from .words import form_of, word_set

FILLERS = frozenset(
    form_of(word)
    for word in word_set(
        # pronouns, articles, little words
        "i i'd i'm i've i'll we we'd we've me my mine our us you your the a an this that these those it its it's "
        "them they their one ones  of on in at from by for to into with within via as and also but so then too "
        "plus both all each just only now again still  be is am are was were been being have has had having do "
        "does did done get got getting can could would will shall may  here there out up off about regarding "
        "concerning re ref reference which who what any some more "
        # asking politely
        "please pls plz pse frm kindly want wants wanted wish like love need needs require hope hoping help assist hi "
        "hello hey dear thanks thank  possible able go ahead make arrange process request requesting initiate "
        "start sort instead rather urgently asap soon today  immediately quickly kind sir madam team there good "
        "day morning afternoon evening "
        # the verbs of requests, and their nouns
        "cancle cancell chnage excange exchnage cancel cancelling canceling cancelled cancellation return "
        "returning returned exchange exchanging exchanged swap swop swapping  replace replacing replaced "
        "replacement change changing changed modify modifying modified modification update updating switch "
        "switching adjust adjusting amend refund refunded refunding reimburse money back send sending sent give "
        "take collect  upgrade receive get give trade alter edit deliver delivered delivery ship shipped arrive "
        "arrived "
        # what an order is
        "order orders ordered item items product products article purchase purchased purchases bought buy placed "
        "number no nr id  pending parcel package received recent recently latest last week month yesterday ago "
        "online store shop website  new current existing old same identical exact exactly version variant model "
        "option options type kind pair set  name email zip code postcode address payment method account customer "
        "sure yes okay ok ja anymore longer finally lastly firstly first secondly additionally furthermore moreover "
        "another full whole entire complete completely correct right following below above listed mentioned well "
        # what is wrong with a thing; which one is meant must be clear without it
        "faulty broken damaged defective cracked torn leak leaking leaks stopped working dead "
    )
)

COUNTS = {"both": 2, "2": 2, "3": 3, "4": 4, "5": 5}
"""Words before a name that say how many are meant."""

SPLITS = frozenset({"to", "into", "for"})
"""Words between what a customer has and what they want."""

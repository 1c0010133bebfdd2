"""Makes the whole demo company in one go, then lets the nightly run look at its past."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import numpy as np
from django.db import transaction

from customers.models import Customer
from operations.demo import movements, stories
from operations.demo.assessments import make_assessments
from operations.demo.assurance import make_assurance
from operations.demo.book import Book, make_book
from operations.demo.booking import book as book_movements
from operations.demo.campaigns import make_campaigns
from operations.demo.catalogue import make_catalogue
from operations.demo.changes import make_changes
from operations.demo.chats import make_chats
from operations.demo.clocks import make_clocks
from operations.demo.complaints import make_complaints
from operations.demo.desk import make_desk
from operations.demo.duties import make_duties
from operations.demo.governance import make_governance
from operations.demo.identification import make_identification
from operations.demo.incidents import make_incidents
from operations.demo.knowledge import make_articles
from operations.demo.kyc import make_kyc
from operations.demo.letters import make_mails
from operations.demo.losses import make_losses
from operations.demo.maps import make_maps
from operations.demo.messages import make_messages
from operations.demo.offers import make_offers
from operations.demo.panels import make_panels
from operations.demo.population import make_population
from operations.demo.privacy import make_privacy
from operations.demo.proposals import make_proposals
from operations.demo.records import make_records
from operations.demo.register import make_register
from operations.demo.response import make_response
from operations.demo.rounds import make_rounds
from operations.demo.rule_changes import make_rule_changes
from operations.demo.scales import make_scales
from operations.demo.scenarios import make_scenarios
from operations.demo.segments import make_segments
from operations.demo.staff import make_staff
from operations.demo.suitability import make_suitability
from operations.services.nightly import run_nightly

Say = Callable[[str], None]
STRUCTURER = 76  # the place in the order of joining of the customer who splits deposits


def make_company(*, customers: int, seed: int, days: int, last: date, now: datetime, say: Say) -> None:
    """Create staff, catalogue, customers, movements, stories and register, then run the past nights.

    Everything up to the nights is one transaction, so a company is there whole or not at all."""
    random = np.random.default_rng(seed)
    first = last - timedelta(days=days)
    with transaction.atomic():
        people = make_staff()
        products = make_catalogue(owner=people["product"], opened=first, now=now)
        desk = [people[word] for word in ("service", "service2", "service3")]
        population = make_population(count=customers, random=random, first=first, last=last, desk=desk)
        say(f"{len(population):,} customers")
        ledger = make_book(customers=population, products=products, random=random, last=last)
        say(f"{len(ledger.holdings):,} holdings, {len(ledger.loans):,} loans")
        moves = _all_movements(ledger, population, last=last, random=random)
        book_movements(moves, now=now)
        say(f"{len(moves):,} movements")
        stories.contacts(ledger, population, desk=desk, last=last, random=random)
        make_records(population, people, last=last, now=now)
        make_privacy(population, people, last=last, now=now, random=random)
        say(f"{make_desk(population, people, last=last, now=now, random=np.random.default_rng(seed + 4)):,} tickets")
        own = np.random.default_rng([seed, 4])  # so that what was made before does not change
        make_suitability(population, people, products, last=last, now=now, random=own)
        make_register(people, last=last, now=now)
        make_response(people, last=last, now=now)
        make_changes(people, now=now)
        make_complaints(population, people, last=last, now=now, random=np.random.default_rng(seed + 2))
        make_articles(people, last=last, random=random)
        make_mails(population, people, last=last)
        make_chats(population, people, now=now)
        make_clocks(now=now)
    run_past_nights(first=first, last=last, say=say)
    with transaction.atomic():
        make_kyc(population, people, last=last)
        make_incidents(people, now=now)
        make_scales(people, now=now)
        make_identification(people, last=last, now=now)
        make_losses(people, now=now)
        make_governance(people, now=now)
        make_maps(people, now=now)
        make_duties(people, now=now)
        make_scenarios(people, last=last, now=now)
        make_rounds(people, now=now)
        make_panels(people, now=now)
        make_assessments(people, now=now)
        make_assurance(people, last=last, now=now)
        make_proposals(people, now=now)
        make_rule_changes(people, last=last, now=now)
        make_segments(population, people, last=last, now=now)
        make_messages(people, now=now)
        make_campaigns(population, people, last=last, now=now)
        make_offers(population, people, last=last, now=now)


def _all_movements(
    ledger: Book, population: list[Customer], *, last: date, random: np.random.Generator
) -> list[movements.Movement]:
    moves = []
    for customer in population:
        moves += movements.wallet_movements(customer, ledger.accounts[customer.pk], last=last, random=random)
    for holding in ledger.holdings:
        moves += movements.holding_movements(holding, last=last, random=random)
    by_loan: dict[int, list] = {}
    for row in ledger.instalments:
        by_loan.setdefault(row.loan_id, []).append(row)
    for loan in ledger.loans:
        moves += movements.loan_movements(loan, by_loan[loan.pk])
    moves += stories.redemption_run(ledger, last=last, random=random)
    moves += stories.structuring(ledger, population[min(STRUCTURER, len(population) - 1)], last=last)
    moves += stories.campaign_that_worked(ledger, population, last=last)
    moves += stories.campaign_that_drew_abusers(ledger, population, last=last)
    return [move for move in moves if move.amount]


def run_past_nights(*, first: date, last: date, say: Say) -> None:
    """The last day of each month, and every day of the last three weeks, oldest first."""
    month_ends = {day for day in _days(first, last) if (day + timedelta(days=1)).day == 1}
    recent = set(_days(max(first, last - timedelta(days=20)), last))
    nights = sorted(month_ends | recent)
    for day in nights:
        run_nightly(business_date=day)
    say(f"{len(nights)} nights")


def _days(first: date, last: date):
    return (first + timedelta(days=number) for number in range((last - first).days + 1))

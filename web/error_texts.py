"""A sentence for every error code of the trade: what is wrong, and how to mend it."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from web.contract_error_texts import CONTRACT_ERRORS
from web.listing_error_texts import LISTING_ERRORS
from web.message_error_texts import MESSAGE_ERRORS
from web.plan_error_texts import PLAN_ERRORS

# What is added where an error brings along what might have been meant.
HINTS = {
    "products": _l("The nearest names here: %(products)s."),
    "units": _l("Used here: %(units)s."),
    "measure": _l("That is %(first)s and %(second)s %(measure)s."),
}
ERRORS = {
    # parties
    "not_found": _l("This does not exist, or it is not yours to see."),
    "role_may_not_write": _l("Your role lets you look but not change this."),
    "role_may_not": _l("This step belongs to another party."),
    "managers_only": _l("Only a manager of the organization may do this."),
    "not_for_your_kind": _l("This page is for another kind of organization."),
    "sign_in_first": _l("Sign in first."),
    "sign_in_failed": _l("E-mail, password or code is not right."),
    "code_needed": _l("Enter the six-digit code of your authenticator app."),
    "code_wrong": _l("The code is not right. Enter the one shown now."),
    "too_many_attempts": _l("Too many tries. Wait %(minutes)s minutes."),
    "password_short": _l("Use at least %(minimum)s characters."),
    "password_guessable": _l("This password is too easy to guess. Use several words."),
    "password_wrong": _l("The current password is not right."),
    "email_format": _l("Write an e-mail address such as name@example.org."),
    "email_taken": _l("This e-mail already has an account. Sign in or reset the password."),
    "already_member": _l("This person already belongs to the organization."),
    "name_short": _l("Write the full legal name."),
    "latitude_range": _l("Latitude lies between -90 and 90."),
    "longitude_range": _l("Longitude lies between -180 and 180."),
    "part_above_total": _l("The part cannot be larger than all members."),
    "union_tiers": _l("Only a first-tier organization can join a second-tier union."),
    "last_manager": _l("The organization needs a manager. Make somebody else a manager first."),
    "link_spent": _l("The link no longer works. Ask for another."),
    "totp_not_started": _l("Set up the second factor again: the secret is no longer at hand."),
    "no_organization": _l("You belong to no organization now. A manager of yours can add you."),
    "tax_id_nit": _l(
        "This is not a Colombian NIT. Write it with a dash before the check digit: 890903938-8."
    ),
    "tax_id_rtn": _l("A Honduran RTN has 14 digits."),
    "tax_id_format": _l("Write the tax number with digits and letters only."),
    "tax_id_taken": _l("Another organization is entered with this tax number."),
    "phone_format": _l(
        "This is not a telephone number. Write it with its country, such as +57 300 123 4567."
    ),
    "outside_country": _l(
        "This point does not lie in %(country)s. Are latitude and longitude swapped, or a sign missing?"
    ),
    "certificate_holder": _l("A certificate is held by the organization itself, a union or a buyer."),
    "certificate_number_format": _l(
        "“%(number)s” does not have the form of this certificate's number (%(label)s)."
    ),
    "no_union": _l("Your organization belongs to no union."),
    "buyer_unknown": _l("No buyer is called “%(name)s”."),
    "buyer_several": _l("Several buyers match “%(name)s”. Write the whole name."),
    "value_for_evidence": _l("There is evidence but no value. Choose one, or take the evidence out."),
    "certificate_dates": _l("The certificate ends before it begins."),
    "mandate_client_kind": _l("A mandate is given by a buyer or a producer organization."),
    "mandate_exists": _l("There is already a mandate with %(name)s."),
    # reading
    "required": _l("Fill this in."),
    "too_long": _l("At most %(most)s characters."),
    "number_missing": _l("Write a number."),
    "number_format": _l("“%(text)s” is not a number. Write it with “%(expected)s” before the decimals."),
    "number_wrong_separator": _l(
        "“%(text)s” uses the other decimal sign. Here decimals come after “%(expected)s”."
    ),
    "number_negative": _l("“%(text)s” is below zero."),
    "number_too_long": _l("At most %(limit)s digits."),
    "number_not_whole": _l("Write a whole number."),
    "whole_number": _l("Write a whole number."),
    "must_be_above": _l("It must be more than %(limit)s."),
    "out_of_range": _l("It must lie between %(low)s and %(high)s."),
    "percent_range": _l("A percentage between %(low)s and %(high)s."),
    "date_format": _l("“%(value)s” is not a date. Write 2026-12-07 or 7/12/2026."),
    "date_year": _l("Write a year between %(first)s and %(last)s."),
    "date_in_future": _l("This date lies in the future."),
    "yes_or_no": _l("Answer yes or no."),
    "choice_unknown": _l("“%(value)s” is not one of the choices."),
    "country_unknown": _l("“%(value)s” is not a country we know. Use its two letters, such as CO."),
    "place_unknown": _l(
        "We do not know %(value)s in %(country)s. Check the name, or give latitude and longitude."
    ),
    "place_code_unknown": _l("We do not know the place “%(value)s”."),
    "concept_unknown": _l("We do not know the product “%(concept)s”."),
    "attribute_unknown": _l("We do not know the feature “%(attribute)s”."),
    "product_unknown": _l("We do not know the product “%(product)s”."),
    "grade_unknown": _l("The grade “%(grade)s” does not belong to this product."),
    "scheme_unknown": _l("We do not know the certificate “%(scheme)s”."),
    "packing_unknown": _l("We do not know the packing “%(packing)s”."),
    "months_format": _l("“%(value)s” is not a span of months. Write 9-12 or 10-2,4-7."),
    # units
    "unit_missing": _l("Say in which unit."),
    "unit_unknown": _l("We do not know the unit “%(text)s”."),
    "unit_not_for_country": _l("The unit “%(text)s” is not used in %(country)s."),
    "unit_not_for_product": _l("The unit “%(text)s” is not used for this product."),
    "unit_needs_country_and_product": _l(
        "The unit “%(text)s” weighs differently by country and product: say both."
    ),
    "unit_ambiguous": _l("“%(text)s” is read in more than one way here. How many kg is yours: %(choices)s?"),
    "unit_must_be_declared": _l("Say how many kg one “%(unit)s” weighs."),
    "unit_factor_is_fixed": _l("One “%(unit)s” weighs %(factor)s kg."),
    "unit_not_a_mass": _l("“%(unit)s” is not a unit of weight."),
    "unit_not_an_area": _l("“%(unit)s” is not a unit of area."),
    # attributes
    "attribute_missing": _l("Fill this in."),
    "attribute_not_yes_no": _l("“%(text)s”: answer yes or no."),
    "attribute_choice": _l("“%(text)s” is not one of the choices."),
    "attribute_type": _l("This is not the kind of value expected here."),
    "attribute_below": _l("It cannot be less than %(limit)s."),
    "attribute_above": _l("It cannot be more than %(limit)s."),
    "attribute_needs_product": _l("Choose the product first."),
    "range_crossed": _l("The highest value is below the lowest."),
    # needs and capacities
    "end_before_start": _l("The end lies before the start."),
    "window_too_long": _l("At most %(years)s years."),
    "reply_after_start": _l("Replies must close before the first delivery on %(start)s."),
    "reply_in_past": _l("The reply date has passed. Choose today or later."),
    "max_below_min_suppliers": _l("The most is below the least number of organizations (%(minimum)s)."),
    "share_cannot_fill": _l(
        "With at most %(share)s %% each and %(suppliers)s organizations, %(fill)s %% can never be filled."
    ),
    "reserve_below_price": _l("Your highest price is below the price you publish."),
    "reserve_above_ask": _l("Your lowest price is above the price you ask."),
    "price_method_needs": _l("This kind of price needs this figure."),
    "price_per_kg_too_high": _l(
        "That would be %(amount)s %(currency)s per kg. Check the price and the weight of its unit."
    ),
    "money_too_fine": _l("%(currency)s prices have at most two decimals."),
    "currency_unknown": _l("We do not know the currency “%(currency)s”."),
    "mass_out_of_range": _l("That would be %(kg)s. From one gram up to %(most)s tonnes can be entered."),
    "volume_zero": _l("With these figures nothing is left to deliver."),
    "elsewhere_above_volume": _l(
        "More is promised elsewhere than the members deliver (%(volume)s kg a year)."
    ),
    "yield_implausible": _l("This yield is more than ten times the usual %(typical)s t/ha a year."),
    "oversold": _l("Meanwhile part of this was promised to somebody else: not enough is left from %(day)s."),
    "need_filled": _l("Meanwhile the need was filled by others."),
    "already_promised": _l(
        "%(kg)s of the week of %(day)s are already promised; the volume cannot go below that."
    ),
    "terms_agreed": _l(
        "An organization has already said yes to these terms, so they stay. Close this need and post another for the rest."
    ),
    "agreed_stands": _l("%(kg)s are agreed and stay so. Close the need instead: nothing more is looked for."),
    "promised_stands": _l(
        "%(kg)s are promised to buyers. Step back from what is not drafted yet, or wait until it is delivered."
    ),
    "below_covered": _l("%(kg)s are already agreed; the quantity cannot go below that."),
    "edited_meanwhile": _l(
        "Somebody saved a change while you were editing. Your text is still here: compare and send again."
    ),
    "not_editable": _l("It can no longer be edited: %(state)s."),
    "state_moved_on": _l("It is no longer possible: meanwhile the state is “%(state)s”."),
    "attribute_not_of_product": _l("The product has no “%(attribute)s”. Leave it out."),
    # spreadsheets
    "upload_gone": _l("This file is no longer here: it is kept for a day. Send it again."),
    "file_missing": _l("Choose a file."),
    "separator_missing": _l("Say which sign stands before the decimals."),
    "file_empty": _l(
        "The file has no rows. The first line holds the names of the columns, the rows stand below it."
    ),
    "file_too_large": _l("The file is larger than %(most)s MB. Split it."),
    "file_kind": _l("This kind of file cannot be read. Save it as XLSX or as CSV and send it again."),
    "file_broken": _l(
        "The file is damaged. Open it in your spreadsheet program, save it again as XLSX and send that."
    ),
    "file_unzipped_too_large": _l(
        "Unpacked, the file is too large (at most %(most)s MB). Split it, or save it as CSV."
    ),
    "encoding_unknown": _l(
        "The letters of the file are not Unicode (line %(line)s). Save it as “CSV UTF-8” or as XLSX, "
        "or choose Windows-1252 below."
    ),
    "encoding_wrong": _l(
        "The file is not written in %(encoding)s (line %(line)s). Name another encoding, or save it as “CSV UTF-8” or "
        "as XLSX."
    ),
    "csv_broken": _l(
        "A quotation mark that opens on line %(line)s or before it is not closed well. Mend it and send again."
    ),
    "too_many_rows": _l("At most %(most)s rows. Split the file."),
    "too_many_columns": _l("At most %(most)s columns (line %(line)s)."),
    "cell_too_long": _l("At most %(most)s characters in a cell (line %(line)s)."),
    "column_twice": _l("These columns stand twice: %(columns)s. Remove one of each."),
    "columns_missing": _l("These columns are missing: %(columns)s. Add them to the first line."),
    "more_cells_than_columns": _l("This row has %(cells)s cells, but there are %(columns)s columns."),
    "cell_is_formula": _l("“%(column)s” holds a formula. Paste its value instead."),
    "cell_without_column": _l("“%(text)s” stands below no column name."),
    "id_twice": _l("The id “%(id)s” stands already on line %(line)s."),
    "id_taken": _l("You already have “%(id)s”. Leave the id empty, or give another."),
    "other_party": _l("This row names “%(name)s”, not you. Take the row out, or empty the cell."),
    # prices
    "quote_missing": _l("There is no quotation of %(series)s. Enter one first."),
    "rate_missing": _l("There is no exchange rate for %(currency)s. Enter one first."),
    "price_unusable": _l(
        "Its price cannot be reckoned: a figure is missing, or the figures make it negative or far too large."
    ),
    # readiness
    "assessment_empty": _l("Give at least one indicator a value."),
    "indicator_unknown": _l("This indicator does not belong to this kind of organization."),
    # matchmaking
    "suggestion_exists": _l("This pair already has a suggestion under way."),
    "nothing_chosen": _l("Choose at least one."),
    "mandate_needed": _l("You have no mandate of either party. Ask for one before you go on."),
    "only_parties": _l("Only the parties themselves accept and sign. The broker proposes and records."),
    "checklist_open": _l("The draft is not ready to be sent: %(part)s lacks %(count)s."),
    "version_moved_on": _l("Somebody has made version %(number)s meanwhile. Read it before you answer."),
    "term_not_yours": _l("This term is not yours to set."),
    "term_unreadable": _l("One of the terms cannot be kept like this. Go back and set it again."),
    "nothing_changed": _l("Nothing differs from the version that stands. Change a term, or accept it."),
    "nothing_recommended": _l("No open point has a usual value that you could take."),
    "nothing_delivered": _l("At least one period needs a quantity."),
    "points_open": _l("%(count)s open points must be settled before anybody can accept."),
    "review_too_short": _l("The members need at least %(hours)s hours to read."),
    "range_reversed": _l("The highest price lies below the lowest."),
    "advance_not_deductible": _l("There is an advance, so the advance must be among the deductions."),
    "date_past": _l("This day has passed."),
    "review_running": _l("The members are still reading: nobody can sign before the review period is over."),
    "signed_by_one": _l("One side has signed already. Make an offer if something must change."),
    "representative_missing": _l(
        "The agreement does not say who signs for your organization. Make an offer with it."
    ),
    "above_the_need": _l("The need asks at most %(kg)s in a period."),
    "signed_already": _l("Your organization has signed already."),
    "not_the_representative": _l("The agreement names %(name)s as representative. Write that name."),
    "signed_before_review": _l("The signature lies before the end of the review period, %(day)s."),
    "picture_too_large": _l("The file is larger than %(most)s MB. Make it smaller and send it again."),
    "file_not_a_scan": _l("Send a PDF, a JPEG or a PNG."),
    "file_not_a_picture": _l("Send a photo as JPEG or PNG."),
    # deliveries and payments
    "only_parties_deliver": _l("Only the two parties deliver, receive and pay. The broker looks on."),
    "lot_line_unreadable": _l("Line %(line)s, “%(text)s”: write member; plot; kg, or member; kg."),
    "too_many_lines": _l("At most %(most)s lines."),
    "lot_code_taken": _l("The lot “%(lot)s” is on this delivery already."),
    "lot_lines_differ": _l(
        "The lot weighs %(weight)s, its lines %(total)s kg: they may differ by half a percent."
    ),
    "lots_missing": _l("Enter at least one lot before the delivery leaves."),
    "tare_above_gross": _l("The tare is as heavy as the whole load. Check both weights."),
    "fixation_not_by_call": _l("The agreement lets nobody fix the index: the quotation of the day counts."),
    "parts_not_net": _l("Accepted, lower grade and rejected make %(total)s kg; the net is %(weight)s."),
    "rejection_needs_cause": _l("Say why it is rejected: without a cause there is no rejection."),
    "rejection_needs_photo": _l("Add a photo: without one there is no rejection."),
    "rejection_without_evidence": _l(
        "There is no cause and no photo of a rejection here, so the dispute cannot end in one."
    ),
    "silence_accepted": _l("The hours to grade it are over: silence has accepted the delivery."),
    "dispute_over": _l("The time to dispute this decision is over."),
    "nothing_to_agree_to": _l("There is no proposal of the other side to agree to."),
    "proposal_moved_on": _l(
        "The other side has put another proposal in place of the one that you agreed to. Read both and decide again."
    ),
    "form_sent_otherwise": _l(
        "This form was sent before with something else in it, and that stands. Open the page again to enter another."
    ),
    "deductions_above_cap": _l(
        "The deductions exceed the cap of the agreement: at most %(most)s %(currency)s. The rest passes to the next."
    ),
    "only_buyer_pays": _l("Only the buyer reports a payment."),
    "only_organization_confirms": _l("Only the organization confirms that the money has arrived."),
    "no_advance_agreed": _l("The agreement knows no advance."),
    "only_buyer_liquidates": _l("Only the buyer hands over the liquidation."),
    "liquidation_paid": _l("A payment of this liquidation was reported already."),
    "sale_line_unreadable": _l("Line %(line)s, “%(text)s”: write what; quantity; price of one unit."),
    "above_what_is_owed": _l("It is more than what is owed: %(most)s %(currency)s."),
    "mandate_missing": _l("Your mandate with %(name)s has ended. Ask for a new one before you go on."),
    "already_answered": _l("Your side has already answered."),
    "reason_required": _l("Say why: the other side has a right to a reason."),
    "no_clients": _l("No client has given you a mandate yet, so there is no market to match."),
    "run_under_way": _l("A run is already under way. Wait for it or cancel it."),
    "answers_few": _l("There are %(answers)s answers yet; learning begins with %(least)s."),
    "answers_alike": _l("Learning needs at least %(least)s acceptances and as many refusals."),
    "learning_under_way": _l("Learning is already under way. Look again in a moment."),
    "model_missing": _l("Nothing has been learned yet."),
    "model_not_better": _l("It does not foresee the answers better than the fixed weights, so it stays off."),
    "market_empty": _l("None of your clients has an open need."),
    **CONTRACT_ERRORS,
    **MESSAGE_ERRORS,
    **LISTING_ERRORS,
    **PLAN_ERRORS,
}

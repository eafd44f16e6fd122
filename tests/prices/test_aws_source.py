"""Where offer files come from: a folder or a site, and a clear word where they do not."""

import pytest

from finops_constructs.prices.aws_source import read_offers
from finops_constructs.prices.price_entry import PriceListError


def test_a_site_is_asked_for_both_offers_of_each_region(price_site):
    offers = list(read_offers(price_site, ["eu-west-1"]))
    assert [offer.code for offer in offers] == ["AmazonBedrock", "AmazonBedrockFoundationModels"]
    assert all(offer.rates for offer in offers)


def test_a_site_and_a_folder_give_the_same(price_site, offers_folder):
    assert list(read_offers(price_site + "/", ["eu-west-1"])) == list(
        read_offers(str(offers_folder), [])
    )


def test_fails_when_a_site_has_no_file_for_the_region(price_site):
    with pytest.raises(PriceListError, match=r"eu-west-9/index\.json: cannot be fetched: HTTP 404"):
        list(read_offers(price_site, ["eu-west-9"]))


def test_fails_when_no_region_is_asked_for(price_site):
    with pytest.raises(PriceListError, match="which Regions"):
        list(read_offers(price_site, []))


def test_fails_when_nothing_listens():
    with pytest.raises(PriceListError, match=r"cannot be fetched: .*refused"):
        list(read_offers("http://127.0.0.1:9", ["eu-west-1"]))


@pytest.mark.parametrize("place", ["file:///etc", "ftp://127.0.0.1/x", "s3://bucket"])
def test_fails_when_the_scheme_is_not_http(place):
    with pytest.raises(PriceListError, match=r"must be an http\(s\) URL or a folder"):
        list(read_offers(place, ["eu-west-1"]))


def test_fails_when_a_site_redirects_to_another_scheme(price_site):
    with pytest.raises(PriceListError, match="cannot be fetched"):
        list(read_offers(f"{price_site}/away", ["eu-west-1"]))


def test_fails_when_the_folder_is_absent_or_empty(tmp_path):
    with pytest.raises(PriceListError, match="is no folder"):
        list(read_offers(str(tmp_path / "absent"), []))
    with pytest.raises(PriceListError, match="holds no offer file"):
        list(read_offers(str(tmp_path), []))


def test_fails_when_a_file_of_the_folder_is_no_json(tmp_path):
    (tmp_path / "index.json").write_text("<html>")
    with pytest.raises(PriceListError, match=r"index\.json: is no JSON"):
        list(read_offers(str(tmp_path), []))

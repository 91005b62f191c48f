"""Addresses of the message pages."""

from django.urls import URLPattern, path

from yipan.interop import pages

app_name = "interop"

urlpatterns: list[URLPattern] = [
    path("messages", pages.message_list, name="messages"),
    path("messages/senders", pages.sender_list, name="senders"),
    path("messages/senders/<uuid:source_id>", pages.sender, name="sender"),
    path("messages/senders/<uuid:source_id>/replay", pages.replay_waiting, name="replay_waiting"),
    path("messages/senders/<uuid:source_id>/locations", pages.name_location, name="name_location"),
    path(
        "messages/senders/<uuid:source_id>/locations/<uuid:alias_id>/forget",
        pages.forget_location,
        name="forget_location",
    ),
    path("messages/<int:message_id>", pages.message, name="message"),
    path("messages/<int:message_id>/replay", pages.replay, name="replay"),
    path("messages/<int:message_id>/ignore", pages.ignore, name="ignore"),
]

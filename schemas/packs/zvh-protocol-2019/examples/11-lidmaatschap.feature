# language: nl
Functionaliteit: Toetreden, uittreden en het protocol zelf
  Alleen wie is toegetreden doet mee, onder een protocolpakket dat met zorg van kracht werd, en alles gaat verzegeld
  (artikel 12, 15, 28, 29 en 30).

  Regel: Alles gaat verzegeld, met een sleutel van deze casus (12)

    Achtergrond:
      Gegeven een casus in aanmelding, aangemeld door de gemeente

    @regel-12 @toegestaan
    Scenario: De aanmelding is verzegeld voor het huis
      Als de gemeente de casus aanmeldt om de criteria te toetsen
      Dan mag het bericht worden verstuurd

    @regel-12 @geweigerd
    Scenario: De aanmelding is verzegeld met een sleutel die niemand kent
      Als de gemeente de casus aanmeldt om de criteria te toetsen
      Maar het bericht is verzegeld met een onbekende sleutel
      Dan wordt het bericht geweigerd op regel 12
      En leest de afzender: Van deze ontvanger is deze casussleutel niet (meer) bekend. Vraag een sleutel en verzegel opnieuw.

  Regel: Verstrekken gaat alleen langs de weg die daarvoor is ingericht (4.3)

    Achtergrond:
      Gegeven een casus in triage, aangemeld door de gemeente
      En de GGD is in de triage bevraagd

    @regel-4.3 @toegestaan
    Scenario: De vraag is verzegeld met een sleutel van deze fase
      Als het huis aan de GGD vraagt wat zij van de betrokkene weet, om een eerste beeld te vormen
      Dan mag het bericht worden verstuurd

    @regel-4.3 @geweigerd
    Scenario: De vraag is verzegeld met een sleutel uit een vorige fase
      Als het huis aan de GGD vraagt wat zij van de betrokkene weet, om een eerste beeld te vormen
      Maar het bericht is verzegeld met een sleutel uit de aanmelding
      Dan wordt het bericht geweigerd op regel 12
      En leest de afzender: Van deze ontvanger is deze casussleutel niet (meer) bekend. Vraag een sleutel en verzegel opnieuw.

  Regel: Een nieuw protocolpakket vraagt een DPIA en tijd voor de fg's (15)

    Achtergrond:
      Gegeven een casus in aanmelding, aangemeld door de gemeente

    @regel-15 @toegestaan
    Scenario: Het pakket werd met een DPIA van kracht
      Gegeven voor het protocolpakket is een DPIA vastgelegd
      Als de gemeente de casus aanmeldt om de criteria te toetsen
      Dan mag het bericht worden verstuurd

    @regel-15 @geweigerd
    Scenario: Voor het pakket is geen DPIA vastgelegd
      Gegeven voor het protocolpakket is geen DPIA vastgelegd
      Als de gemeente de casus aanmeldt om de criteria te toetsen
      Dan wordt het bericht geweigerd op regel 15
      En leest de afzender: Voor dit protocolpakket is geen DPIA vastgelegd. Laat voorzitter en manager dat eerst doen.

    @regel-15 @toegestaan
    Scenario: De fg's kregen het pakket een maand voordat het inging
      Gegeven de fg's kregen het protocolpakket 30 dagen voordat het inging
      Als de gemeente de casus aanmeldt om de criteria te toetsen
      Dan mag het bericht worden verstuurd

    @regel-15 @geweigerd
    Scenario: De fg's kregen het pakket drie dagen voordat het inging
      Gegeven de fg's kregen het protocolpakket 3 dagen voordat het inging
      Als de gemeente de casus aanmeldt om de criteria te toetsen
      Dan wordt het bericht geweigerd op regel 15
      En leest de afzender: De fg's hebben hun adviestermijn voor dit pakket niet gehad. Laat het pakket later ingaan.

  Regel: Een bericht valt onder het pakket dat van kracht is (28)

    Achtergrond:
      Gegeven een casus in aanmelding, aangemeld door de gemeente

    @regel-28 @toegestaan
    Scenario: Het pakket is van kracht
      Gegeven het protocolpakket is van kracht
      Als de gemeente de casus aanmeldt om de criteria te toetsen
      Dan mag het bericht worden verstuurd

    @regel-28 @geweigerd
    Scenario: Het huis stelde een ander pakket vast
      Gegeven het huis heeft inmiddels een ander protocolpakket vastgesteld
      Als de gemeente de casus aanmeldt om de criteria te toetsen
      Dan wordt het bericht geweigerd op regel 28
      En leest de afzender: Dit protocolpakket is nu niet van kracht. Maak het bericht opnieuw onder het geldende pakket.

    @regel-28 @geweigerd
    Scenario: De Stuurgroep nam over het pakket geen besluit
      Gegeven over het protocolpakket is geen besluit van de Stuurgroep vastgelegd
      Als de gemeente de casus aanmeldt om de criteria te toetsen
      Dan wordt het bericht geweigerd op regel 28
      En leest de afzender: Voor dit protocolpakket is geen besluit van de stuurgroep vastgelegd. Laat dat eerst doen.

  Regel: Alleen wie is toegetreden, doet mee (29)

    Achtergrond:
      Gegeven een casus in triage, aangemeld door de gemeente
      En de GGD is in de triage bevraagd

    @regel-29 @toegestaan
    Scenario: De GGD is toegetreden en kan worden bevraagd
      Gegeven de GGD is toegetreden tot het samenwerkingsverband
      Als het huis aan de GGD vraagt wat zij van de betrokkene weet, om de route te bepalen
      Dan mag het bericht worden verstuurd

    @regel-29 @geweigerd
    Scenario: De GGD treedt pas morgen toe
      Gegeven de GGD treedt pas morgen toe tot het samenwerkingsverband
      Als het huis aan de GGD vraagt wat zij van de betrokkene weet, om de route te bepalen
      Dan wordt het bericht geweigerd op regel 29
      En leest de afzender: Dit adres is (nog) niet toegetreden tot dit huis. Vraag de manager om toetreding.

  Regel: Toetreden begint met het ondertekende formulier (B1)

    Achtergrond:
      Gegeven een casus in casusoverleg, aangemeld door de gemeente
      En de reclassering en de burgemeester nemen deel aan het overleg

    @regel-B1 @toegestaan
    Scenario: De burgemeester ondertekende het formulier
      Gegeven de burgemeester heeft het toetredingsformulier ondertekend
      Als de reclassering de woonsituatie van de betrokkene geeft aan de burgemeester, voor het gezamenlijke beeld
      Dan mag het bericht worden verstuurd

    @regel-B1 @geweigerd
    Scenario: De burgemeester ondertekende het formulier nooit
      Gegeven de burgemeester heeft het toetredingsformulier niet ondertekend
      Als de reclassering de woonsituatie van de betrokkene geeft aan de burgemeester, voor het gezamenlijke beeld
      Dan wordt het bericht geweigerd op regel 29, 13.1 en 13.3
      En leest de afzender: Dit adres is (nog) niet toegetreden tot dit huis. Vraag de manager om toetreding.

  Regel: Wie opzegt, doet meteen niet meer mee (28.3)

    Achtergrond:
      Gegeven een casus in casusoverleg, aangemeld door de gemeente
      En de reclassering en de buurgemeente nemen deel aan het overleg

    @regel-28.3 @toegestaan
    Scenario: De buurgemeente deelt gegevens in het overleg
      Gegeven de buurgemeente heeft haar deelname niet opgezegd
      Als de buurgemeente de woonsituatie van de betrokkene geeft aan de reclassering, voor het gezamenlijke beeld
      Dan mag het bericht worden verstuurd

    @regel-28.3 @geweigerd
    Scenario: De buurgemeente zegde op en stuurt nog iets
      Gegeven de buurgemeente heeft haar deelname opgezegd, en dat ging gisteren in
      Als de buurgemeente de woonsituatie van de betrokkene geeft aan de reclassering, voor het gezamenlijke beeld
      Dan wordt het bericht geweigerd op regel 30
      En leest de afzender: Deze organisatie is uitgetreden of uitgesloten. Stuur haar niets en ontvang niets van haar.

  Regel: Wat kwam van een partij die opzegde, gaat niet verder: niemand kan het meer intrekken of verbeteren (28.3, 30)

    Achtergrond:
      Gegeven een casus in casusoverleg, aangemeld door de gemeente
      En de buurgemeente en de burgemeester nemen deel aan het overleg

    @regel-28.3 @regel-30 @toegestaan
    Scenario: Het huis geeft door wat de buurgemeente gaf en waarmee zij instemde
      Gegeven de buurgemeente heeft haar deelname niet opgezegd
      Als het huis de woonsituatie van de betrokkene, die de buurgemeente gaf, doorgeeft aan de burgemeester, voor het gezamenlijke beeld
      Dan mag het bericht worden verstuurd

    @regel-28.3 @regel-30 @geweigerd
    Scenario: De buurgemeente zegde op en het huis geeft haar gegevens nog door
      Gegeven de buurgemeente heeft haar deelname opgezegd, en dat ging gisteren in
      Als het huis de woonsituatie van de betrokkene, die de buurgemeente gaf, doorgeeft aan de burgemeester, voor het gezamenlijke beeld
      Dan wordt het bericht geweigerd op regel 30
      En leest de afzender: Wie dit verstrekte, hoort niet meer bij dit huis en kan nergens meer mee instemmen. Laat het weg.

  Regel: Wie wordt uitgesloten, doet meteen niet meer mee (30)

    Achtergrond:
      Gegeven een casus in casusoverleg, aangemeld door de gemeente
      En de reclassering en de burgemeester nemen deel aan het overleg

    @regel-30 @toegestaan
    Scenario: De burgemeester doet mee
      Gegeven de burgemeester is toegetreden tot het samenwerkingsverband
      Als de reclassering de woonsituatie van de betrokkene geeft aan de burgemeester, voor het gezamenlijke beeld
      Dan mag het bericht worden verstuurd

    @regel-30 @geweigerd
    Scenario: De burgemeester is uitgesloten en krijgt niets meer
      Gegeven de burgemeester is gisteren van deelname uitgesloten
      Als de reclassering de woonsituatie van de betrokkene geeft aan de burgemeester, voor het gezamenlijke beeld
      Dan wordt het bericht geweigerd op regel 30
      En leest de afzender: Deze organisatie is uitgetreden of uitgesloten. Stuur haar niets en ontvang niets van haar.
